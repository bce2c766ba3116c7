// How are the queue, the conflicts and tries read from the server? One hook each, one cache entry each.
import { keepPreviousData } from '@tanstack/react-query'
import { $api, joinPages, KEYSET } from '@/api/client'
import type { components } from '@/api/schema'

const PAGE = 50

export type QueueQuery = Readonly<Record<string, string | number>>

export function useUnassigned(query: QueueQuery) {
  const answer = $api.useInfiniteQuery(
    'get',
    '/api/v1/routing/unassigned',
    { params: { query: { ...query, limit: PAGE } } },
    { ...KEYSET, placeholderData: keepPreviousData },
  )
  return { ...joinPages(answer), answer }
}

export type ConflictKind = 'ties' | 'several'

export function useConflicts(kind: ConflictKind, layer: string | undefined) {
  const answer = $api.useInfiniteQuery(
    'get',
    '/api/v1/routing/conflicts',
    { params: { query: { kind, layer, limit: PAGE } } },
    { ...KEYSET, placeholderData: keepPreviousData },
  )
  return { ...joinPages(answer), answer }
}

/** Where the record would go; a newer question cancels the one under way, the last answer stays in sight. */
export function useTry(asked: components['schemas']['TryQuestion'], isAsked: boolean) {
  return $api.useQuery(
    'post',
    '/api/v1/routing/try',
    { body: asked },
    { enabled: isAsked, placeholderData: keepPreviousData, staleTime: 30_000, retry: false },
  )
}
