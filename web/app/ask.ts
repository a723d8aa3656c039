import { t } from './words.ts'

/** What the server could not do, in words a person can read. `code` is stable; `requestId` finds it in the log. */
export class Trouble extends Error {
  override name = 'Trouble'
  readonly status: number
  readonly code: string
  readonly requestId: string | null

  constructor(status: number, code: string, sentence: string, requestId: string | null) {
    super(sentence)
    this.status = status
    this.code = code
    this.requestId = requestId
  }
}

type Query = Record<string, string | number | boolean | null | undefined>

/** `/api` + path + query; what is null, undefined or empty is left out. */
export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/api${path}${search ? `?${search}` : ''}`
}

/** The trouble that an answer tells of; also for answers that are not ours (a proxy, a page). */
export function troubleOf(status: number, body: string): Trouble {
  try {
    const problem = JSON.parse(body) as { code?: string; detail?: string; title?: string; requestId?: string }
    const sentence = problem.detail || problem.title
    if (sentence) return new Trouble(status, problem.code ?? 'unknown', sentence, problem.requestId ?? null)
  } catch {
    // Not JSON: falls through to the sentence for the status.
  }
  return new Trouble(status, 'unknown', status >= 500 ? t('trouble.server', { status }) : t('trouble.answer', { status }), null)
}

async function send<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { method, headers: { accept: 'application/json' } }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.headers = { accept: 'application/json', 'content-type': 'application/json' }
    init.body = JSON.stringify(body)
  }
  const answer = await fetch(url, init).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new Trouble(0, 'offline', t('trouble.offline'), null)
  })
  const text = await answer.text()
  if (!answer.ok) throw troubleOf(answer.status, text)
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  send<T>('GET', address(path, query), undefined, signal)
export const post = <T>(path: string, body?: unknown) => send<T>('POST', address(path), body)
export const put = <T>(path: string, body: unknown) => send<T>('PUT', address(path), body)
export const patch = <T>(path: string, body: unknown) => send<T>('PATCH', address(path), body)
export const remove = <T>(path: string) => send<T>('DELETE', address(path))

/** Sends one file and tells how much of it has gone (0 … 1): `fetch` cannot tell. */
export function upload<T>(path: string, file: File, sent: (share: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', address(path))
    request.setRequestHeader('accept', 'application/json')
    request.upload.onprogress = event => event.lengthComputable && sent(event.loaded / event.total)
    request.onerror = () => reject(new Trouble(0, 'offline', t('trouble.offline'), null))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onload = () =>
      request.status < 300
        ? resolve(JSON.parse(request.responseText) as T)
        : reject(troubleOf(request.status, request.responseText))
    signal?.addEventListener('abort', () => request.abort())
    const form = new FormData()
    form.append('file', file, file.name)
    request.send(form)
  })
}
