// Do filters, the form and the picture of the surroundings say what they are given?
import { describe, expect, it } from 'vitest'
import { accountsHref, exportHref, readFilters, toQuery } from './filters'
import { mergeForm, readForm, startForm } from './form'
import { drawShape, projectOn } from './locator'
import { parseViews, withView } from './savedViews'
import { countTargets } from './targets'

describe('filters of the account list', () => {
  it('go to the URL and back, and to the server in its units', () => {
    const href = accountsHref({ territory: 'US-WEST', min_revenue: '1000', tie: '1', sort: '-revenue' })
    expect(href).toBe('/accounts?min_revenue=1000&sort=-revenue&territory=US-WEST&tie=1')
    const filters = readFilters(new URLSearchParams(href.split('?')[1]))
    expect(toQuery(filters, 100)).toEqual({ territory: 'US-WEST', min_revenue: 100_000, tie: true, sort: '-revenue' })
    expect(toQuery({ territory: 'X', own: '1', owner: '7' }, 100)).toEqual({ territory: 'X', descendants: false, owner: 7 })
    expect(readFilters(new URLSearchParams('after=1&x=2'))).toEqual({})
  })
  it('export the same rows', () => {
    expect(exportHref({ territory: 'A&B', tie: true })).toBe('/api/v1/accounts/export.csv?territory=A%26B&tie=true')
  })
})

describe('the account form', () => {
  const start = startForm(undefined, [], 100)
  it('sends only what changed, in the server’s units', () => {
    const { fields, faults } = readForm({ ...start, name: 'Acme', annual_revenue_minor: '1,200.5', employees: '12', product_lines: 'a, b,' }, start, [], 100)
    expect(faults).toEqual({})
    expect(fields).toEqual({ name: 'Acme', annual_revenue_minor: 120_050, employees: 12, product_lines: ['a', 'b'] })
  })
  it('empties a number with null and names every fault by its field', () => {
    const full = { ...start, name: 'Acme', employees: '5' }
    expect(readForm({ ...full, employees: '' }, full, [], 100).fields).toEqual({ employees: null })
    const { faults } = readForm({ ...full, name: ' ', employees: '1.5', latitude: '91', annual_revenue_minor: 'much' }, full, [], 100)
    expect(Object.keys(faults).sort()).toEqual(['annual_revenue_minor', 'employees', 'latitude', 'name'])
  })
  it('reads custom fields by type', () => {
    const custom = [
      { name: 'fleet', label: 'Fleet', type: 'number', dimension: 'fleet', operators: [], choices: null },
      { name: 'public', label: 'Public', type: 'boolean', dimension: 'public', operators: [], choices: null },
    ]
    const begun = startForm(undefined, custom, 100)
    const { fields } = readForm({ ...begun, name: 'A', 'custom.fleet': '40', 'custom.public': 'false' }, begun, custom, 100)
    expect(fields.custom).toEqual({ fleet: 40, public: false })
  })
  it('takes over what others changed alone, and leaves clashes to the user', () => {
    const before = { city: 'Austin', state: 'TX', name: 'A' }
    const { merged, clashes, taken } = mergeForm(before, { ...before, city: 'Dallas' }, { ...before, city: 'Waco', state: 'OK' })
    expect(merged).toEqual({ city: 'Dallas', state: 'OK', name: 'A' })
    expect(clashes).toEqual([{ name: 'city', before: 'Austin', theirs: 'Waco', mine: 'Dallas' }])
    expect(taken.map((clash) => clash.name)).toEqual(['state'])
  })
})

describe('what hangs on accounts', () => {
  it('counts where misplaced accounts belong, most first', () => {
    const to = (code: string) => ({ misplaced: { reason: '', belongs_to: [{ code, name: code }] } })
    expect(countTargets([to('A'), to('B'), to('B'), { misplaced: null }]).map((target) => [target.code, target.accounts])).toEqual([['B', 2], ['A', 1]])
  })
  it('keeps saved views readable whatever the storage holds', () => {
    expect(parseViews('nonsense')).toEqual([])
    expect(parseViews('[{"name":"a","search":"q=1"},{"x":1},null]')).toEqual([{ name: 'a', search: 'q=1' }])
    expect(withView([{ name: 'b', search: '' }, { name: 'a', search: '1' }], { name: 'b', search: '2' })).toEqual([{ name: 'a', search: '1' }, { name: 'b', search: '2' }])
  })
  it('draws shapes in sight around the middle of the sheet', () => {
    const sheet = { latitude: 40, longitude: -100, reach: 2, width: 200, height: 100 }
    expect(projectOn(sheet, [-100, 40])).toEqual([100, 50])
    expect(projectOn(sheet, [-100, 42])[1]).toBeCloseTo(0)
    const square = (west: number) => ({
      type: 'Feature' as const, properties: {},
      geometry: { type: 'Polygon' as const, coordinates: [[[west, 39], [west + 1, 39], [west + 1, 41], [west, 39]]] },
    })
    expect(drawShape(sheet, square(-100))).toMatch(/^M100\.0 75\.0L/)
    expect(drawShape(sheet, square(20))).toBe('')
  })
})
