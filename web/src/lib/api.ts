import { CadreError, createClient } from '@cadre/client'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { login } from './login.ts'
import { reach } from './reach.ts'

/** What is asked without a login, by whichever page, leads to the one place where people log in. */
export const client = createClient({ url: location.origin, onUnauthorized: login.want })

const isAway = (error: unknown) => error instanceof CadreError && error.code === 'UNAVAILABLE'

/**
 * What the pages know of the server. A server that cannot be reached is asked until it is back, and the bar above the page says so;
 * every other refusal is shown at once.
 */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onSuccess: () => reach.tell(true) }),
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 1_000,
      retry: (_count, error) => {
        if (isAway(error)) reach.tell(false)
        return isAway(error)
      },
      retryDelay: (count) => Math.min(300 * 2 ** count, 3_000),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
