import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FileKind, type ImportView, type Mapping } from '../../src/events/imports/contract.ts'
import { post, put, remove } from '../app/ask.ts'
import { importHistory, latestImports, oneImport } from './queries.ts'

const path = (id: string) => `/imports/${encodeURIComponent(id)}`

/** Everything that can be done with one import. Every answer is the import as it then stands. */
export function useImportChanges(id: string) {
  const queries = useQueryClient()
  const onSuccess = (view: ImportView | undefined) => {
    if (view?.id) queries.setQueryData(oneImport(id).queryKey, view)
    void queries.invalidateQueries({ queryKey: ['imports'] })
  }
  return {
    map: useMutation({ mutationFn: (mapping: Mapping) => put<ImportView>(`${path(id)}/mapping`, mapping), onSuccess }),
    kind: useMutation({ mutationFn: (kind: FileKind) => put<ImportView>(`${path(id)}/kind`, { kind }), onSuccess }),
    check: useMutation({ mutationFn: () => post<ImportView>(`${path(id)}/check`), onSuccess }),
    start: useMutation({ mutationFn: () => post<ImportView>(`${path(id)}/start`), onSuccess }),
    cancel: useMutation({ mutationFn: () => post<ImportView>(`${path(id)}/cancel`), onSuccess }),
    undo: useMutation({ mutationFn: () => post<ImportView>(`${path(id)}/undo`), onSuccess }),
    discard: useMutation({
      mutationFn: () => remove<undefined>(path(id)),
      onSuccess: () => {
        // Gone from the lists before they are asked for again, so that nobody clicks on what is no longer there.
        const without = <T extends { items: { id: string }[] }>(page: T): T => ({
          ...page,
          items: page.items.filter(one => one.id !== id),
        })
        queries.setQueryData(latestImports.queryKey, page => page && without(page))
        queries.setQueryData(importHistory.queryKey, list => list && { ...list, pages: list.pages.map(without) })
        void queries.invalidateQueries({ queryKey: ['imports'], refetchType: 'active' })
      },
    }),
  }
}
export type ImportChanges = ReturnType<typeof useImportChanges>
