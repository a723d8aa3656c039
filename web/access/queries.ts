import { infiniteQueryOptions } from '@tanstack/react-query'
import { type AuditEntry, type KeyView, type SessionView, type UserView } from '../../src/access/contract.ts'
import { get } from '../app/ask.ts'

type Page<T> = { items: T[]; next: string | null }
const pages = <T>(path: string, key: string) =>
  infiniteQueryOptions({
    queryKey: ['access', key],
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  })

export const users = pages<UserView>('/users', 'users')
export const keys = pages<KeyView>('/keys', 'keys')
export const trail = pages<AuditEntry>('/audit', 'audit')
export const sessions = pages<SessionView>('/sessions', 'sessions')
