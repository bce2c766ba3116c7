// What does the question before an import say of what it would move?
import type { Answer, Item } from '@/api/client'
import type { Effect } from '@/kit/ConfirmDialog'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'

export type ImportEffect = Answer<'/api/v1/imports/{import_id}/effect'>
export type EffectFlow = ImportEffect['flows'][number]
export type EffectLanding = ImportEffect['landings'][number]
export type EffectMove = Item<'/api/v1/imports/{import_id}/effect/moves'>
type Policy = EffectFlow['policy']

const LINES: readonly (readonly [Policy, string])[] = [
  ['at_once', 'Moves at once'],
  ['propose', 'Moves to be proposed'],
  ['next_cycle', 'Moves that wait for the next cycle'],
]

/** How many moves a policy makes, over the layers that have it. */
export function countByPolicy(layers: readonly { readonly policy: Policy; readonly accounts: number }[], policy: Policy): number {
  return layers.filter((layer) => layer.policy === policy).reduce((sum, layer) => sum + layer.accounts, 0)
}

/** The effect as the lines of a confirmation; what is nothing is left out, except that nothing moves at all. */
export function listFollows(effect: ImportEffect | undefined): readonly Effect[] {
  if (effect?.state !== 'foretold') return []
  const lines = LINES.map(([policy, label]) => ({ label: t(label), count: countByPolicy(effect.layers, policy) })).filter((line) => line.count > 0)
  const moves = lines.map(({ label, count }) => ({ label, value: formatCount(count) }))
  const unassigned = effect.layers.find((layer) => layer.role === 'primary')?.unassigned ?? 0
  return [
    ...(moves.length > 0 ? moves : [{ label: t('Moves'), value: '0' }]),
    ...(effect.new > 0
      ? [
          { label: t('New accounts'), value: formatCount(effect.new) },
          { label: t('Of these unassigned'), value: formatCount(unassigned) },
        ]
      : []),
  ]
}
