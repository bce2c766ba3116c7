// How long is an answer of the server good for? One cache for the whole product.
import { QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

/** A refusal is an answer: asking again would not change it. Only a lost connection or a server fault is retried once. */
function mayRetry(failures: number, error: unknown): boolean {
  const isRefusal = error instanceof Problem && error.status >= 400 && error.status < 500
  return !isRefusal && failures < 1
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 30_000, retry: mayRetry, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
})
