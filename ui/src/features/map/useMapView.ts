// What does the map's address say? Level, colouring, depth, layer, filters, selection and camera, all in the URL.
import { useMemo } from 'react'
import { useView } from '@/kit/useView'
import type { Level } from '@/mapkit/codes'
import type { ColourBy, Staffing } from './reading'

export const LEVELS: readonly Level[] = ['country', 'state', 'county']
export const COLOURINGS: readonly ColourBy[] = ['territory', 'owner', 'accounts', 'revenue', 'deviation']

/** Filters that narrow the accounts; the names are those of the accounts list, so links carry over. */
export const ACCOUNT_KEYS = ['q', 'territory', 'owner', 'country', 'state', 'industry', 'segment', 'status', 'list'] as const

export type MapView = {
  readonly level: Level
  readonly by: ColourBy
  readonly depth: number | null
  readonly layer: string | null
  readonly plan: string
  readonly staffing: Staffing | null
  readonly selected: string | null
  readonly account: number | null
  readonly camera: string | null
  readonly filters: Readonly<Partial<Record<(typeof ACCOUNT_KEYS)[number], string>>>
}

function oneOf<Value extends string>(text: string | null, values: readonly Value[], otherwise: Value): Value {
  return values.find((value) => value === text) ?? otherwise
}

export function readMapView(view: URLSearchParams): MapView {
  const depth = view.get('depth')
  const account = Number(view.get('account'))
  const staffing = view.get('staffing')
  const filters: Partial<Record<(typeof ACCOUNT_KEYS)[number], string>> = {}
  for (const key of ACCOUNT_KEYS) {
    const value = view.get(key)
    if (value) filters[key] = value
  }
  return {
    level: oneOf(view.get('level'), LEVELS, 'state'),
    by: oneOf(view.get('by'), COLOURINGS, 'territory'),
    depth: depth !== null && /^\d+$/.test(depth) ? Number(depth) : null,
    layer: view.get('layer'),
    plan: view.get('plan') ?? 'active',
    staffing: (['filled', 'interim', 'vacant'] as const).find((value) => value === staffing) ?? null,
    selected: view.get('t'),
    account: Number.isInteger(account) && account > 0 ? account : null,
    camera: view.get('at'),
    filters,
  }
}

export function useMapView() {
  const [view, change] = useView()
  return [useMemo(() => readMapView(view), [view]), change] as const
}
