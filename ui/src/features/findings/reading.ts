// What does the server say is not meant in a plan, or in a rule that is being typed?
import { keepPreviousData } from '@tanstack/react-query'
import { $api } from '@/api/client'
import type { components } from '@/api/schema'

export type PlanFinding = components['schemas']['PlanFindingShape']
export type FindingKind = PlanFinding['kind']
export type PlanFindings = components['schemas']['PlanFindings']

export function usePlanFindings(planId: number | undefined) {
  return $api.useQuery(
    'get',
    '/api/v1/plans/{plan_id}/findings',
    { params: { path: { plan_id: planId ?? 0 } } },
    { enabled: planId !== undefined },
  )
}

export type TypedRule = {
  readonly planId: number | undefined
  readonly territory: string
  /** null: no rule of its own. */
  readonly text: string | null
  readonly priority: number | null
}

/** What concerns one territory with the rule that is being typed; the last answer stays in sight. */
export function useRuleFindings({ planId, territory, text, priority }: TypedRule, isAsked: boolean) {
  return $api.useQuery(
    'post',
    '/api/v1/rules/findings',
    { body: { plan_id: planId ?? null, territory, rule: text === null ? null : { text }, priority } },
    { enabled: isAsked, placeholderData: keepPreviousData, staleTime: 60_000, retry: false },
  )
}
