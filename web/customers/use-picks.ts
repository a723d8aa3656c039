import { useEffect, useState } from 'react'

/** Who is picked: some by hand, or all that fit. */
export type Picks = {
  ids: ReadonlySet<string>
  isAll: boolean
  /** `withShift`: everybody between the last one and this one as well. */
  toggle: (id: string, withShift?: boolean) => void
  pickShown: () => void
  pickAll: () => void
  none: () => void
}

/** Picks among the rows that are shown; forgotten when another question is asked (`about`). */
export function usePicks(shown: readonly string[], about: string): Picks {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const [isAll, setAll] = useState(false)
  const [last, setLast] = useState<string | null>(null)
  const none = () => {
    setIds(new Set())
    setAll(false)
    setLast(null)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question is another list
  useEffect(none, [about])
  return {
    ids,
    isAll,
    none,
    toggle(id, withShift = false) {
      const from = last === null ? -1 : shown.indexOf(last)
      const to = shown.indexOf(id)
      const range = withShift && from >= 0 && to >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
      const isOn = !(isAll ? shown.includes(id) : ids.has(id))
      const next = new Set(isAll ? shown : ids)
      for (const one of range) isOn ? next.add(one) : next.delete(one)
      setIds(next)
      setAll(false)
      setLast(id)
    },
    pickShown() {
      setIds(new Set(shown))
      setAll(false)
    },
    pickAll: () => setAll(true),
  }
}
