// How does a page talk to the server? One typed client: CSRF on every write, problems thrown, pages of a list joined.
import createFetchClient, { type Middleware } from 'openapi-fetch'
import createQueryHooks from 'openapi-react-query'
import { useState } from 'react'
import { readProblem } from './problem'
import { queryClient } from './queries'
import type { paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export function readCookie(name: string, cookies: string = document.cookie): string {
  const found = cookies.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

/** Headers every write needs when it does not go through `api` (uploads). */
export function writeHeaders(): Record<string, string> {
  return { 'X-CSRFToken': readCookie('csrftoken') }
}

const protocol: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) for (const [name, value] of Object.entries(writeHeaders())) request.headers.set(name, value)
    return request
  },
  async onResponse({ request, response }) {
    if (response.ok) return response
    // A lost session shows the log-in page; a refused log-in is for the log-in page itself to explain.
    const isLogin = new URL(request.url).pathname === '/api/v1/session'
    if (response.status === 401 && !isLogin) void queryClient.invalidateQueries({ queryKey: ['get', '/api/v1/session'] })
    throw await readProblem(response)
  },
}

/** The client for deeds: `await api.POST('/api/v1/…', {params, body})`. Failures throw a Problem. */
export const api = createFetchClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' })
api.use(protocol)

/** The hooks for reading: `$api.useQuery('get', '/api/v1/…', {params})`; `useInfiniteQuery` with `KEYSET` for lists. */
export const $api = createQueryHooks(api)

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Success<Responses> = {
  [Status in keyof Responses & (200 | 201 | 202)]: Responses[Status] extends { content: { 'application/json': infer Body } }
    ? Body
    : never
}[keyof Responses & (200 | 201 | 202)]

/** What the server answers: `Answer<'/api/v1/session', 'get'>`. */
export type Answer<Path extends keyof paths, Verb extends Method = 'get'> = paths[Path] extends Record<
  Verb,
  { responses: infer Responses }
>
  ? Success<Responses>
  : never

/** One item of a list that comes in pages: `Item<'/api/v1/accounts'>`. */
export type Item<Path extends keyof paths> = Answer<Path> extends { items: (infer Row)[] } ? Row : never

/** Options of `$api.useInfiniteQuery` for keyset pages. */
export const KEYSET = {
  pageParamName: 'after',
  // Not undefined: the query library would replace that by 0.
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
}

type Pages<Row> = { readonly items: Row[]; readonly total?: number | null; readonly next?: string | null }

/** Joins the pages of an infinite query into what a DataTable takes. */
export function joinPages<Row>(query: {
  readonly data?: { readonly pages: readonly Pages<Row>[] }
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isLoading: boolean
  readonly fetchNextPage: () => unknown
}) {
  return {
    rows: query.data?.pages.flatMap((page) => page.items) ?? [],
    total: query.data?.pages[0]?.total ?? undefined,
    hasMore: query.hasNextPage,
    onMore: () => void query.fetchNextPage(),
    isLoadingMore: query.isLoading || query.isFetchingNextPage,
  }
}

/** A key that stays the same while one deed is tried again, so that a repeat cannot do it twice; renew it after success. */
export function useIdempotencyKey(): { readonly header: { 'Idempotency-Key': string }; readonly renew: () => void } {
  const [key, setKey] = useState(() => crypto.randomUUID())
  return { header: { 'Idempotency-Key': key }, renew: () => setKey(crypto.randomUUID()) }
}
