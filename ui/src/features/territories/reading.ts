// How are territories, fields and rules read from the server? One hook each, one cache entry each.
import { keepPreviousData } from '@tanstack/react-query'
import { $api } from '@/api/client'
import type { RealignmentForm, TerritoryDetail } from './types'

export function useTerritoryTree(plan: string) {
  return $api.useQuery(
    'get',
    '/api/v1/territories',
    { params: { query: { plan } } },
    { placeholderData: keepPreviousData },
  )
}

export function useTerritory(code: string, plan: string) {
  return $api.useQuery(
    'get',
    '/api/v1/territories/{code}',
    { params: { path: { code }, query: { plan } } },
    { placeholderData: (old: TerritoryDetail | undefined) => (old?.code === code ? old : undefined) },
  )
}

export function useCarveOuts(code: string, plan: string) {
  return $api.useQuery('get', '/api/v1/territories/{code}/carve_outs', { params: { path: { code }, query: { plan } } })
}

export function useProgrammes(plan: string, layer: string | null, withRules: boolean) {
  const query = { plan, with_rules: withRules, ...(layer ? { layer } : {}) }
  return $api.useQuery('get', '/api/v1/carve_outs', { params: { query } }, { placeholderData: keepPreviousData })
}

export function useFields(plan: string) {
  return $api.useQuery('get', '/api/v1/fields', { params: { query: { plan } } }, { staleTime: 5 * 60_000 })
}

export function useReps() {
  return $api.useQuery('get', '/api/v1/reps', { params: { query: { status: 'active' } } })
}

export function usePlanDiff(planId: number, isAsked: boolean) {
  return $api.useQuery(
    'get',
    '/api/v1/plans/{plan_id}/diff',
    { params: { path: { plan_id: planId }, query: { against: 'active' } } },
    { enabled: isAsked },
  )
}

export function useValueSets(planId: number | undefined) {
  return $api.useQuery(
    'get',
    '/api/v1/plans/{plan_id}/value_sets',
    { params: { path: { plan_id: planId ?? 0 } } },
    { enabled: planId !== undefined },
  )
}

export type RuleQuestion = {
  readonly planId: number | undefined
  readonly territory: string
  /** null: no rule of its own. */
  readonly text: string | null
  readonly priority: number | null
  readonly parent?: string | null
}

/** What the rule would match and move. A newer question cancels the one under way; the last answer stays in sight. */
export function useRulePreview({ planId, territory, text, priority, parent }: RuleQuestion, isAsked: boolean) {
  return $api.useQuery(
    'post',
    '/api/v1/rules/preview',
    { body: { plan_id: planId ?? null, territory, ...(parent === undefined ? {} : { parent }), rule: text === null ? null : { text }, priority } },
    { enabled: isAsked, placeholderData: keepPreviousData, staleTime: 60_000, retry: false },
  )
}

/** Both forms and the words of a rule that is being typed; a fault arrives as a Problem with findings. */
export function useParsedRule(
  question: { readonly text: string } | { readonly json: Record<string, unknown> } | null,
  territory: string,
  planId: number | undefined,
) {
  return $api.useQuery(
    'post',
    '/api/v1/rules/parse',
    { body: { ...question, territory, plan_id: planId ?? null } },
    { enabled: question !== null, placeholderData: keepPreviousData, staleTime: Infinity, gcTime: 60_000, retry: false },
  )
}

export function useRealignmentPreview(form: RealignmentForm) {
  return $api.useQuery(
    'post',
    '/api/v1/realignments/preview',
    { body: form },
    { staleTime: 0, gcTime: 0, retry: false },
  )
}
