import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type ImportPage } from '../../src/events/imports/contract.ts'

/** When an import has come to rest, everything that is counted from orders is asked for again. */
export function useRefreshWhenDone(items: ImportPage['items'] | undefined) {
  const queries = useQueryClient()
  const before = useRef<string | null>(null)
  const settled = items?.map(one => `${one.id}:${one.state}`).join()

  useEffect(() => {
    if (settled === undefined) return
    if (before.current !== null && before.current !== settled) {
      for (const key of ['imports', 'lifecycle', 'customers', 'spend']) void queries.invalidateQueries({ queryKey: [key] })
    }
    before.current = settled
  }, [settled, queries])
}
