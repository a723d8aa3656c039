const LEAVES_MAX = 300
const SHOWN_CHARS = 40

export type Leaf = { path: string; value: string; isList: boolean }

const step = (key: string, isFirst: boolean): string =>
  /^[^$.[\]"][^.[\]"]*$/.test(key) ? `${isFirst ? '' : '.'}${key}` : `["${key.replaceAll('"', '')}"]`

/** Every place in a sample with what stands there, to choose a path from. Of a list the first element stands for all. */
export function leavesOf(sample: unknown, prefix = ''): Leaf[] {
  const found: Leaf[] = []
  const walk = (value: unknown, path: string) => {
    if (found.length >= LEAVES_MAX) return
    if (Array.isArray(value)) {
      if (path !== '') found.push({ path, value: `[${value.length}]`, isList: true })
      if (value.length > 0) walk(value[0], `${path}[0]`)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value))
        walk(inner, path === '' ? step(key, true) : `${path}${step(key, path === '$.')}`)
    } else if (path !== '') {
      found.push({ path, value: String(value).slice(0, SHOWN_CHARS), isList: false })
    }
  }
  walk(sample, prefix)
  return found
}

/** The places that a path of the mapping may begin at: those of the element where there is one, and those of the whole. */
export function placesIn(sample: unknown, each: string): Leaf[] {
  if (each.trim() === '') return leavesOf(sample)
  const element = elementAt(sample, each.trim())
  return [
    ...(element === undefined ? [] : leavesOf(element)),
    ...leavesOf(sample).map(leaf => ({ ...leaf, path: fromRoot(leaf.path) })),
  ]
}

const fromRoot = (path: string): string => (path.startsWith('[') ? `$${path}` : `$.${path}`)

/** The first element of the list at a path; undefined when there is none. */
export function elementAt(sample: unknown, path: string): unknown {
  const list = leafAt(sample, path)
  return Array.isArray(list) ? list[0] : undefined
}

function leafAt(sample: unknown, path: string): unknown {
  let value: unknown = sample
  for (const [, quoted, index, plain] of path.replace(/^\$/, '').matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]"]+)/g)) {
    const key = quoted ?? index ?? plain ?? ''
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
