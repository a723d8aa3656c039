import { type Bag } from './fields.ts'

/** The steps of a path such as `order.lines[0].sku` or `["a.b"].c`; a leading `$` is no step but the beginning of the body. */
export function stepsOf(path: string): { isFromRoot: boolean; steps: string[] } {
  const isFromRoot = path.startsWith('$')
  const rest = isFromRoot ? path.slice(1) : path
  const steps = [...rest.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]"]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? '',
  )
  return { isFromRoot, steps }
}

/** The value at a path; undefined when there is none. Only what the body itself holds can be reached. */
export function valueAt(path: string, root: unknown, element: unknown): unknown {
  const { isFromRoot, steps } = stepsOf(path)
  let value: unknown = isFromRoot ? root : element
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Bag)[step]
  }
  return value
}
