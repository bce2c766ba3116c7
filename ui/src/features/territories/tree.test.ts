// Which rows of the tree are in sight, and where does each key lead?
import { describe, expect, it } from 'vitest'
import { codesBelow, indexTerritories, keepVacant, listTreeRows, pathTo, searchTree, startExpanded, stepTree } from './tree'
import type { TerritoryRow } from './types'

function territory(code: string, parent: string | null, accounts: number, more: Partial<TerritoryRow> = {}): TerritoryRow {
  return {
    code, parent, name: `Name of ${code}`, layer: 'sales', depth: 0, type: '', is_assignable: true, has_rule: true,
    priority: 0, primary: null, is_vacant: false, is_in_scope: true, colour_index: 0,
    totals: { accounts, own_accounts: 0, revenue_minor: 0, open_deals: 0, pipeline_minor: 0, quota_minor: 0 },
    ...more,
  }
}

const ROWS = [
  territory('A', null, 300),
  territory('A1', 'A', 100),
  territory('A2', 'A', 200, { primary: { rep_id: 1, name: 'Grace Adeyemi', is_interim: false } }),
  territory('A21', 'A2', 200, { is_vacant: true }),
  territory('B', null, 100),
  territory('C', null, 7, { layer: 'cloud' }),
]
const INDEX = indexTerritories(ROWS, 'sales')
const codes = (expanded: string[], kept: ReadonlySet<string> | null = null) =>
  listTreeRows(INDEX, new Set(expanded), kept, 'accounts').map((row) => row.territory.code)

describe('the territory tree', () => {
  it('shows open branches only, depth first, of one layer', () => {
    expect(codes([])).toEqual(['A', 'B'])
    expect(codes(['A', 'A2'])).toEqual(['A', 'A1', 'A2', 'A21', 'B'])
  })
  it('compares each territory with the average of its siblings', () => {
    const rows = listTreeRows(INDEX, new Set(['A']), null, 'accounts')
    const deviation = Object.fromEntries(rows.map((row) => [row.territory.code, row.deviation]))
    expect(deviation.A).toBeCloseTo(0.5)
    expect(deviation.A1).toBeCloseTo(-1 / 3)
    expect(listTreeRows(INDEX, new Set(['A', 'A2']), null, 'accounts').find((row) => row.territory.code === 'A21')?.deviation).toBeNull()
  })
  it('keeps what leads to a match by name, code or owner, and opens it', () => {
    expect(codes([], searchTree(INDEX, 'a21'))).toEqual(['A', 'A2', 'A21'])
    expect(codes([], searchTree(INDEX, 'grace'))).toEqual(['A', 'A2'])
    expect(codes([], searchTree(INDEX, 'nobody'))).toEqual([])
    expect(searchTree(INDEX, '  ')).toBeNull()
    expect(codes([], keepVacant(INDEX))).toEqual(['A', 'A2', 'A21'])
  })
  it('finds ancestors and descendants', () => {
    expect(pathTo(INDEX, 'A21').map((row) => row.code)).toEqual(['A', 'A2', 'A21'])
    expect([...codesBelow(INDEX, 'A')].sort()).toEqual(['A', 'A1', 'A2', 'A21'])
  })
  it('opens as many levels as fit', () => {
    expect([...startExpanded(INDEX, 4)]).toEqual(['A'])
    expect([...startExpanded(INDEX, 3)]).toEqual([])
  })
  it('walks and folds by key', () => {
    const rows = listTreeRows(INDEX, new Set(['A']), null, 'accounts')
    expect(stepTree('ArrowDown', rows, 0, 10)).toEqual({ kind: 'go', to: 1 })
    expect(stepTree('ArrowRight', rows, 0, 10)).toEqual({ kind: 'go', to: 1 })
    expect(stepTree('ArrowRight', rows, 2, 10)).toEqual({ kind: 'expand', codes: ['A2'], isOpen: true })
    expect(stepTree('ArrowLeft', rows, 0, 10)).toEqual({ kind: 'expand', codes: ['A'], isOpen: false })
    expect(stepTree('ArrowLeft', rows, 2, 10)).toEqual({ kind: 'go', to: 0 })
    expect(stepTree('*', rows, 0, 10)).toEqual({ kind: 'expand', codes: ['A'], isOpen: true })
    expect(stepTree('End', rows, 0, 10)).toEqual({ kind: 'go', to: 3 })
    expect(stepTree('PageUp', rows, 3, 10)).toEqual({ kind: 'go', to: 0 })
    expect(stepTree('x', rows, 0, 10)).toBeNull()
  })
})
