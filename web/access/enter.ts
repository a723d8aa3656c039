import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type Session } from '../../src/access/contract.ts'
import { sessionQuery } from './session.ts'

/** Sends a form that ends with being signed in. */
export function useEntering<T>(send: (given: T) => Promise<Session>) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: send,
    meta: { saidByForm: true },
    onSuccess: async session => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, session)
      await navigate({ to: '/' })
    },
  })
}
