import { describe, expect, it } from 'vitest'
import { changeKind, fedBy, feedColumn, listMissing, listOtherSources } from './mapping'
import type { Mapping } from './types'

const MAPPING: Mapping = {
  mapping: 1,
  files: [
    { file: 'accounts.csv', kind: 'accounts', columns: { id: { column: 'account_id' }, name: 'name', country: { constant: 'US' } } },
    { file: 'reps.csv', kind: 'reps', columns: {} },
  ],
}
const accounts = (mapping: Mapping) => mapping.files.find((entry) => entry.file === 'accounts.csv')!

describe('a mapping', () => {
  it('tells which of our columns a column feeds, in both spellings', () => {
    expect(fedBy(accounts(MAPPING), 'account_id')).toBe('id')
    expect(fedBy(accounts(MAPPING), 'name')).toBe('name')
    expect(fedBy(accounts(MAPPING), 'state')).toBeNull()
  })

  it('moves a column without leaving a second source behind', () => {
    const moved = feedColumn(MAPPING, 'accounts.csv', 'name', 'id')
    expect(accounts(moved).columns).toEqual({ country: { constant: 'US' }, id: { column: 'name' } })
  })

  it('takes a column away', () => {
    expect(accounts(feedColumn(MAPPING, 'accounts.csv', 'name', null)).columns).not.toHaveProperty('name')
  })

  it('leaves other files and options alone', () => {
    const moved = feedColumn(MAPPING, 'accounts.csv', 'state', 'state')
    expect(moved.mapping).toBe(1)
    expect(moved.files[1]).toBe(MAPPING.files[1])
  })

  it('lists constants and sources the file does not hold', () => {
    expect(listOtherSources(accounts(MAPPING), ['account_id', 'name'])).toEqual([{ ours: 'country', source: { constant: 'US' } }])
  })

  it('names required columns that nothing feeds', () => {
    expect(listMissing(accounts(MAPPING), ['id', 'name', 'owner'])).toEqual(['owner'])
    expect(listMissing({ file: 'x', kind: 'reps', rows: [{ id: '1' }] }, ['id'])).toEqual([])
  })

  it('starts afresh when a file turns out to be of another kind, and drops one that is left out', () => {
    expect(accounts(changeKind(MAPPING, 'accounts.csv', 'deals'))).toEqual({ file: 'accounts.csv', kind: 'deals', columns: {} })
    expect(changeKind(MAPPING, 'reps.csv', null).files).toHaveLength(1)
  })
})
