/**
 * What a shop's pages load: page, identify, track, group, consent. At most 3 kB gzipped (test/snippet.test.ts), so it has no parts.
 *
 * Until the visitor has decided, events wait in memory: nothing is stored on the device and nothing is sent. With `cookieless` they are
 * sent with an id that dies with the page. Only consent to analytics lets an id be kept; under Global Privacy Control none ever is.
 */
type Bag = Record<string, unknown>
type Kept = { a: string; u?: string | undefined; q?: Bag[] }
type Options = { host?: string; consent?: Bag; cookieless?: boolean; autoPage?: boolean }
/** A call of before this file had come: when, what, with what. */
type Call = [number, string, ...unknown[]]
type Stub = Bag & Call[]

declare const __VERSION__: string

const KEY = 'perennial'
// Of what a browser still sends for a page that is being left: 64 KiB, all such requests together.
const BODY_BYTES_MAX = 60_000
const EVENTS_KEPT_MAX = 500
const GATHER_MS = 400

const { navigator, document, location, history } = window
const isPrivate = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true
const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => (byte + 256).toString(16).slice(1)).join('')
const quietly = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch (error) {
    // Whatever goes wrong here must not hurt the page it is on.
    console.warn(KEY, error)
  }
}

// Where this file came from is where events go.
let host = ((document.currentScript as HTMLScriptElement | null)?.src ?? '').replace(/\/[^/]*$/, '')
let writeKey = ''
let choice: Bag = {}
let isCookieless: boolean | undefined
let id = random()
let user: string | undefined
let queue: Bag[] = []
let flying: Bag[] = []
let timer: number | undefined
let failures = 0
let calledAt: number | undefined
let { referrer } = document
let lastUrl: string | undefined

const mayKeep = () => choice.analytics === true && !isPrivate
const read = (): Kept | null => JSON.parse(localStorage.getItem(KEY) ?? 'null')
const write = (kept: Kept) => localStorage.setItem(KEY, JSON.stringify(kept))
const forget = () => quietly(() => localStorage.removeItem(KEY))
const keepIds = () => mayKeep() && quietly(() => write({ ...read(), a: id, u: user }))

/** Addresses sometimes hold people's emails, which have no business in a log of pages. */
const clean = (address: string) => address.replace(/[^=&?#/]*(@|%40)[^&#/]*/gi, '*')
const here = () => ({
  url: clean(location.href),
  path: clean(location.pathname),
  search: clean(location.search),
  title: document.title,
  referrer: clean(referrer),
})
function campaign(): Bag | undefined {
  const found: Bag = {}
  new URLSearchParams(location.search).forEach((value, name) => {
    if (/^utm_./.test(name)) found[name === 'utm_campaign' ? 'name' : name.slice(4)] = value
  })
  return Object.keys(found)[0] ? found : undefined
}

function add(type: string, fields: Bag): void {
  if (choice.analytics === false) return
  queue.push({
    type,
    messageId: random(),
    timestamp: new Date(calledAt ?? Date.now()).toISOString(),
    // As they are now: what the caller changes later, and what cannot be sent at all, is found out here.
    ...JSON.parse(JSON.stringify(fields)),
    context: { page: here(), campaign: campaign() },
  })
  queue = queue.slice(-EVENTS_KEPT_MAX)
  timer ??= setTimeout(send, GATHER_MS)
}

/** Whose they are is decided when they leave: only then is it known what may be remembered. */
const stamp = () => {
  for (const event of queue) {
    event.anonymousId ??= id
    event.userId ??= user
  }
}

function send(isLast?: unknown): void {
  clearTimeout(timer)
  timer = undefined
  const isLeaving = isLast === true
  if (!writeKey || !(choice.analytics ?? isCookieless) || (flying[0] && !isLeaving)) return
  stamp()
  for (;;) {
    const events: Bag[] = []
    let bytes = 700
    for (const event of queue.filter(one => !flying.includes(one))) {
      bytes += new Blob([JSON.stringify(event)]).size
      if (events[0] && bytes > BODY_BYTES_MAX) break
      events.push(event)
    }
    if (!events[0]) return
    const body = JSON.stringify({
      writeKey,
      sentAt: new Date().toISOString(),
      context: {
        library: { name: 'perennial.js', version: __VERSION__ },
        userAgent: navigator.userAgent,
        locale: navigator.language,
        consent: { categoryPreferences: choice },
        globalPrivacyControl: isPrivate || undefined,
      },
      batch: events,
    })
    if (isLeaving) {
      if (!quietly(() => navigator.sendBeacon(`${host}/v1/batch`, body))) return
      queue = queue.filter(one => !events.includes(one))
      continue
    }
    flying = events
    fetch(`${host}/v1/batch`, { method: 'POST', body, credentials: 'omit', keepalive: bytes <= BODY_BYTES_MAX })
      .then(
        ({ status, headers }) =>
          status > 499 || status === 429 || status === 408 ? Number(headers.get('retry-after')) || -1 : 0,
        () => -1,
      )
      .then(waitSeconds => {
        flying = []
        if (waitSeconds) {
          const patience = waitSeconds > 0 ? waitSeconds : Math.min(60, 2 ** failures++) * (0.5 + Math.random())
          timer ??= setTimeout(send, patience * 1000)
          return
        }
        failures = 0
        queue = queue.filter(one => !events.includes(one))
        send()
      })
    return
  }
}

const api: Record<string, (...words: never[]) => void> = {
  load(key: string, options: Options = {}) {
    if (writeKey) return
    writeKey = key
    host = options.host?.replace(/\/+$/, '') ?? host
    isCookieless = options.cookieless
    if (isPrivate) forget()
    if (options.consent) api.consent?.(options.consent as never)
    if (options.autoPage) followHistory()
    send()
  },
  page(name?: string | Bag, properties?: Bag) {
    const isNamed = typeof name === 'string'
    if (lastUrl && lastUrl !== location.href) referrer = lastUrl
    lastUrl = location.href
    add('page', { name: isNamed ? name : undefined, properties: { ...here(), ...(isNamed ? properties : name) } })
  },
  identify(who?: string | number | Bag | null, traits?: Bag) {
    const isTraits = Boolean(who) && typeof who === 'object'
    if (who && !isTraits) {
      // Somebody else at the same device is somebody else from here on.
      if (user && user !== String(who)) api.reset?.()
      user = String(who)
      keepIds()
    }
    add('identify', { userId: user, traits: (isTraits ? who : traits) ?? {} })
  },
  track(event: string, properties: Bag = {}) {
    add('track', { event, properties })
  },
  group(groupId: string, traits: Bag = {}) {
    add('group', { groupId, traits })
  },
  consent(given: Bag) {
    choice = { ...choice, ...given }
    if (choice.analytics === false) {
      forget()
      queue = []
      id = random()
      user = undefined
    } else if (mayKeep()) {
      quietly(() => {
        const { a, u, q = [] } = read() ?? { a: id }
        if (!user || !u || u === user) {
          id = a
          user ??= u
        }
        queue.unshift(...q)
        write({ a: id, u: user })
      })
    }
    send()
  },
  reset() {
    stamp()
    id = random()
    user = undefined
    keepIds()
  },
}

/** A page that changes its address without being loaded anew is another page. */
function followHistory(): void {
  const look = () =>
    setTimeout(() => {
      if (lastUrl?.split('#')[0] !== location.href.split('#')[0]) quietly(() => api.page?.())
    })
  for (const name of ['pushState', 'replaceState'] as const) {
    const change = history[name]
    history[name] = function (...words) {
      change.apply(this, words)
      look()
    }
  }
  addEventListener('popstate', look)
  look()
}

const names = window as unknown as { perennial?: Stub }
const stub = names.perennial ?? ([] as unknown as Stub)
names.perennial = stub
if (!stub.version) {
  const calls = [...stub]
  stub.version = __VERSION__
  for (const name in api) stub[name] = (...words: never[]) => quietly(() => api[name]?.(...words))
  for (const [at, name, ...words] of calls) {
    calledAt = at
    quietly(() => api[name]?.(...(words as never[])))
  }
  calledAt = undefined

  addEventListener('pagehide', () => {
    stamp()
    // Should the last words get lost, the next page says them again under the same ids.
    if (mayKeep() && queue[0])
      quietly(() => {
        const kept = read()
        if (kept) write({ ...kept, q: [...(kept.q ?? []), ...queue].slice(-EVENTS_KEPT_MAX) })
      })
    send(true)
  })
  document.addEventListener('visibilitychange', () => document.hidden && send())
  addEventListener('online', send)
  // Withdrawn in another tab is withdrawn here.
  addEventListener('storage', event => {
    if (event.key === KEY && !event.newValue && mayKeep()) api.consent?.({ analytics: false } as never)
  })
}

export {}
