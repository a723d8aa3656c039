import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Trouble } from './ask.ts'
import { tell } from './tell.ts'

/** A session that ended while somebody was working: the sign-in page brings them back to where they were. */
function signedOut(error: unknown) {
  if (!(error instanceof Trouble) || error.status !== 401 || error.code === 'access.wrong_credentials') return
  const { pathname, search } = window.location
  if (pathname !== '/sign-in' && pathname !== '/setup')
    window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`)
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      signedOut(error)
      // Forms say what went wrong beside their own button.
      if (!mutation.meta?.saidByForm) tell.trouble(error)
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      // Otherwise a page that appears only when a question has failed would ask it again, and so vanish, and so on.
      retryOnMount: false,
      retry: (count, error) => count < 2 && (!(error instanceof Trouble) || error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
    },
  },
})
