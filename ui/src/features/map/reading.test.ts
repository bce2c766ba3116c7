// Does the map show the right ancestor, staffing and colour?
import { expect, test } from 'vitest'
import { hueOf } from '@/pure/palette'
import { listLegend, placeUnits, staffingOf, viewTree, type Territory } from './reading'
import { readMapView } from './useMapView'

function territory(code: string, parent: string | null, depth: number, accounts = 10): Territory {
  return {
    code, name: code, parent, depth, layer: 'geo', type: '', is_assignable: true, has_rule: true, priority: 0, is_in_scope: true,
    primary: { rep_id: 1, name: 'Ann', is_interim: false }, is_vacant: false, colour_index: depth,
    totals: { accounts, own_accounts: accounts, revenue_minor: 0, open_deals: 0, pipeline_minor: 0, quota_minor: 0 },
  }
}

const TREE = [territory('A', null, 0), territory('A1', 'A', 1), territory('A1x', 'A1', 2)]

test('the chosen depth decides which ancestor is shown', () => {
  expect([null, 2, 1, 0].map((depth) => viewTree(TREE, depth).shownFor('A1x')?.code)).toEqual(['A1x', 'A1x', 'A1', 'A'])
  expect(viewTree(TREE, 0).shownFor('unknown')).toBeNull()
})

test('units without a piece of the atlas are kept apart, not lost', () => {
  const unit = (id: string) => ({ id, territory: 'A', accounts: 1, revenue_minor: 0, is_white_space: false, shares: [] })
  const { placed, unplaced } = placeUnits('state', [unit('US-CA'), unit('CA-ON')], new Map([['06', 4]]))
  expect([...placed.keys()]).toEqual([4])
  expect(unplaced.map((one) => one.id)).toEqual(['CA-ON'])
})

test('staffing: vacant, interim, filled', () => {
  const base = territory('A', null, 0)
  expect([
    staffingOf(base),
    staffingOf({ ...base, primary: { rep_id: 1, name: 'Ann', is_interim: true } }),
    staffingOf({ ...base, primary: null }),
    staffingOf({ ...base, is_vacant: true }),
  ]).toEqual(['filled', 'interim', 'vacant', 'vacant'])
})

test('the legend compares with the average of what is shown and keeps the territory’s own hue', () => {
  const rows = listLegend([territory('A', null, 0, 30), territory('B', null, 1, 10)], new Map(), 'territory', new Map())
  expect(rows.map((row) => row.deviation)).toEqual([0.5, -0.5])
  expect(rows.map((row) => row.colour)).toEqual([hueOf(0), hueOf(1)])
})

test('territories outside one’s scope neither count nor compare', () => {
  const outside = { ...territory('C', null, 0, 0), is_in_scope: false }
  const rows = listLegend([territory('A', null, 0, 30), territory('B', null, 1, 10), outside], new Map(), 'accounts', new Map())
  expect(rows.map((row) => row.deviation)).toEqual([0.5, -0.5, null])
})

test('an address with nonsense reads as the plain view', () => {
  const view = readMapView(new URLSearchParams('level=galaxy&by=mood&depth=x&account=-4&staffing=asleep'))
  expect(view).toMatchObject({ level: 'state', by: 'territory', depth: null, account: null, staffing: null, filters: {} })
})
