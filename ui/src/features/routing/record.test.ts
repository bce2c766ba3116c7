// Does the address of a try hold the record, and nothing else?
import { expect, test } from 'vitest'
import { fieldsOf, readRecord, tryHref } from './record'

const KNOWN = new Set(['state', 'employees', 'region', 'plan'])

test('fields of the record are told from what is asked about it', () => {
  const view = new URLSearchParams('state=CA&employees=&region=EMEA&plan=3&whynot=WEST&colour=red')
  expect(readRecord(view, KNOWN)).toEqual({ state: 'CA', employees: '' })
})

test('a suggestion becomes an address, emptied fields included', () => {
  const change = { account: 'A-1', before: 'ca', sentence: '' }
  const fields = fieldsOf([
    { ...change, field: 'state', after: 'NY' },
    { ...change, field: 'city', after: null },
  ])
  expect(tryHref({ account: 7, plan: 'active', whynot: 'EAST', fields })).toBe('/routing/try?account=7&whynot=EAST&state=NY&city=')
  expect(tryHref({})).toBe('/routing/try')
})
