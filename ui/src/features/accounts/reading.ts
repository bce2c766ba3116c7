// How are accounts read from the server? One hook each, one cache entry each.
import { keepPreviousData } from '@tanstack/react-query'
import { $api, joinPages, KEYSET } from '@/api/client'
import { queryClient } from '@/api/queries'
import { useSession } from '@/api/session'
import { minorPerUnit, toQuery, type AccountFilters } from './filters'

const PAGE = 200

export function useAccounts(filters: AccountFilters) {
  const { organisation } = useSession()
  const query = toQuery(filters, minorPerUnit(organisation.currency))
  const answer = $api.useInfiniteQuery(
    'get',
    '/api/v1/accounts',
    { params: { query: { ...query, limit: PAGE } } },
    { ...KEYSET, placeholderData: keepPreviousData },
  )
  return { ...joinPages(answer), query, answer }
}

export function useAccount(id: number) {
  return $api.useQuery('get', '/api/v1/accounts/{account_id}', { params: { path: { account_id: id } } })
}

export type WhyQuestion = {
  readonly layer?: string
  readonly date?: string
  readonly territory?: string
  readonly rep?: number
}

export function useWhy(id: number, { layer, date, territory, rep }: WhyQuestion) {
  return $api.useQuery(
    'get',
    '/api/v1/accounts/{account_id}/why',
    { params: { path: { account_id: id }, query: { layer, date, territory, rep } } },
    { placeholderData: keepPreviousData },
  )
}

export function useTimeline(id: number) {
  return $api.useQuery('get', '/api/v1/accounts/{account_id}/timeline', { params: { path: { account_id: id } } })
}

export function useDeals(id: number) {
  const answer = $api.useInfiniteQuery(
    'get',
    '/api/v1/accounts/{account_id}/deals',
    { params: { path: { account_id: id }, query: { limit: 100 } } },
    KEYSET,
  )
  return { ...joinPages(answer), answer }
}

export function useActivities(id: number) {
  const answer = $api.useInfiniteQuery(
    'get',
    '/api/v1/accounts/{account_id}/activities',
    { params: { path: { account_id: id }, query: { limit: 100 } } },
    KEYSET,
  )
  return { ...joinPages(answer), answer }
}

/** After an account changed, lists, roll-ups and reasons are asked again. */
export function refreshAccounts(): Promise<void> {
  return queryClient.invalidateQueries({
    predicate: ({ queryKey }) => /^\/api\/v1\/(accounts|territories|home|map)/.test(String(queryKey[1])),
  })
}
