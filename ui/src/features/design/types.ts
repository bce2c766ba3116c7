// What does the server say about designs? Short names for its schema, and the words people use for states and modes.
import type { Answer, Item } from '@/api/client'
import type { paths } from '@/api/schema'
import type { Tone } from '@/kit/StatusBadge'
import { t } from '@/pure/words'

export type DesignCard = Item<'/api/v1/designs'>
export type Design = Answer<'/api/v1/designs/{run_id}'>
export type ScenarioRow = Design['scenarios'][number]
export type Scenario = Answer<'/api/v1/designs/{run_id}/scenarios/{number}'>
export type DesignedTerritory = Scenario['territories'][number]
export type Flow = Scenario['flows'][number]
export type Points = Answer<'/api/v1/designs/{run_id}/scenarios/{number}/points'>
export type DesignMove = Item<'/api/v1/designs/{run_id}/scenarios/{number}/moves'>
export type DesignForm = paths['/api/v1/designs']['post']['requestBody']['content']['application/json']
export type Diagnosis = Answer<'/api/v1/designs/diagnosis', 'post'>
export type Mode = Design['mode']

export function nameMode(mode: Mode): string {
  const names: Record<Mode, string> = {
    rebalance: t('Rebalance'),
    scratch: t('From scratch'),
    split: t('Split for hires'),
    merge: t('Merge'),
    leaver: t('Leaver'),
  }
  return names[mode]
}

export function explainMode(mode: Mode): string {
  const words: Record<Mode, string> = {
    rebalance: t('Even out the territories there are, moving no more than you allow.'),
    scratch: t('Draw the territories anew, whoever has the accounts today; or as many new ones as you name.'),
    split: t('Add territories for new hires and fill them from those there are.'),
    merge: t('Dissolve territories into the others.'),
    leaver: t('Share out the accounts of somebody who leaves; nobody else’s accounts move.'),
  }
  return words[mode]
}

export function nameState(state: DesignCard['state']): string {
  const names: Record<DesignCard['state'], string> = {
    queued: t('Waiting'),
    running: t('Running'),
    done: t('Done'),
    failed: t('Failed'),
    cancelled: t('Stopped'),
  }
  return names[state]
}

export function toneOfState(state: DesignCard['state']): Tone {
  return ({ queued: 'plain', running: 'accent', done: 'ok', failed: 'stop', cancelled: 'plain' } as const)[state]
}

export function nameStatus(status: ScenarioRow['status']): string {
  const names: Record<ScenarioRow['status'], string> = {
    ok: t('Everything met'),
    infeasible: t('Cannot be met'),
    unmet: t('Not met'),
  }
  return names[status]
}

export function toneOfStatus(status: ScenarioRow['status']): Tone {
  return ({ ok: 'ok', infeasible: 'stop', unmet: 'warn' } as const)[status]
}

/** A share as people say it: "0.8 %"; a dash where it does not apply. */
export function sayShare(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–'
  const points = share * 100
  return `${points.toFixed(Math.abs(points) < 0.1 && points !== 0 ? 2 : 1)} %`
}
