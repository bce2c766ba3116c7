// What does the server say about realignments? Short names for the parts of its schema this place uses.
import type { Answer, Item } from '@/api/client'
import type { Tone } from '@/kit/StatusBadge'
import { t } from '@/pure/words'

export type RealignmentRow = Item<'/api/v1/realignments'>
export type Realignment = Answer<'/api/v1/realignments/{realignment_id}'>
export type Impact = Realignment['impact']
export type RepImpact = Impact['reps'][number]
export type TerritoryImpact = Impact['territories'][number]
export type Weight = RepImpact['before']
export type Move = Item<'/api/v1/realignments/{realignment_id}/moves'>
export type DealMove = Item<'/api/v1/realignments/{realignment_id}/deals'>
export type DriftItem = Realignment['drift'][number]
export type Status = RealignmentRow['status']

export const STATUSES: readonly Status[] = ['proposed', 'approved', 'executed', 'stale', 'rejected', 'cancelled', 'preparing']

const TONES: Record<Status, Tone> = {
  preparing: 'plain',
  proposed: 'accent',
  approved: 'accent',
  executed: 'ok',
  stale: 'warn',
  rejected: 'stop',
  cancelled: 'plain',
}

export function toneOf(status: Status): Tone {
  return TONES[status]
}

/** A state as people say it; "stale" alone tells nobody what to do. */
export function nameStatus(status: Status): string {
  const names: Record<Status, string> = {
    preparing: t('Being prepared'),
    proposed: t('Waiting for approval'),
    approved: t('Approved, not yet executed'),
    executed: t('Executed'),
    stale: t('Overtaken by changes'),
    rejected: t('Rejected'),
    cancelled: t('Cancelled'),
  }
  return names[status]
}

export function nameKind(kind: RealignmentRow['kind']): string {
  const names: Record<RealignmentRow['kind'], string> = {
    plan: t('Plan change'),
    accounts: t('Accounts moved'),
    handover: t('Territory handed over'),
    undo: t('Undo'),
    changes: t('Accounts changed'),
  }
  return names[kind]
}

export function nameDealPolicy(policy: Realignment['deal_policy']): string {
  return policy === 'follow_territory'
    ? t('Open deals follow the territory: they go to the new owner.')
    : t('Open deals stay with the rep who works them.')
}
