// Are faults marked, pasted values read and rules exchanged as they should?
import { describe, expect, it } from 'vitest'
import { markText, offsetOf } from './marks'
import { readValues } from './values'
import { dropBlanks, findBlanks, fitValue, fromEnvelope, toEnvelope } from './rules/envelope'
import type { Field } from './types'

describe('marks in a text', () => {
  it('finds the place of a line and column, and stays inside the text', () => {
    expect(offsetOf('ab\ncd', 2, 2)).toBe(4)
    expect(offsetOf('ab\ncd', 1, 9)).toBe(2)
    expect(offsetOf('ab\ncd', 9, 1)).toBe(5)
  })
  it('marks the word at the place, or the line without a column', () => {
    const marked = (text: string, line: number, column: number) =>
      markText(text, [{ line, column }]).filter((part) => part.isMarked).map((part) => part.text)
    expect(marked('state in ["CA"] and employes > 5', 1, 21)).toEqual(['employes'])
    expect(marked('a: 1\nb: [\n', 2, 0)).toEqual(['b: ['])
    expect(marked('state =', 1, 8)).toEqual(['='])
  })
  it('loses no character', () => {
    const text = 'one two\nthree'
    const parts = markText(text, [{ line: 1, column: 5 }, { line: 1, column: 0 }, { line: 2, column: 2 }])
    expect(parts.map((part) => part.text).join('')).toBe(text)
  })
})

describe('pasted values', () => {
  it('parts them, takes quotes off and leaves duplicates out', () => {
    expect(readValues('94105, "94107"\n94105;SW1A 1AA\tsw1a1aa\n\n')).toEqual({
      values: ['94105', '94107', 'SW1A 1AA'],
      duplicates: ['94105', 'sw1a1aa'],
    })
  })
  it('takes thousands', () => {
    expect(readValues(Array.from({ length: 30_000 }, (_, place) => String(10_000 + place)).join('\n')).values).toHaveLength(30_000)
  })
})

const FIELDS = [
  { name: 'state', label: 'state', type: 'code', dimension: 'geography', operators: ['='], choices: null },
  { name: 'employees', label: 'employees', type: 'number', dimension: 'size', operators: ['='], choices: null },
] satisfies Field[]

describe('the rule builder', () => {
  it('keeps what was typed when the comparison changes, in the shape the new one takes', () => {
    expect(fitValue('in', 'CA', 'code')).toEqual(['CA'])
    expect(fitValue('=', ['CA', 'OR'], 'code')).toBe('CA')
    expect(fitValue('between', '5', 'number')).toEqual([5, ''])
    expect(fitValue('null', 'CA', 'code')).toBeNull()
    expect(fitValue('in', { set: 'bay' }, 'code')).toEqual({ set: 'bay' })
    expect(fitValue('=', { set: 'bay' }, 'code')).toBe('')
    expect(fitValue('within', 'x', 'position')).toEqual({ km: '', latitude: '', longitude: '' })
  })
  it('sends no ids, so that equal rules make equal questions', () => {
    const group = {
      id: 'g', combinator: 'and', not: false,
      rules: [
        { id: 'r1', field: 'state', operator: 'in', value: 'CA' },
        { id: 'g2', combinator: 'or', rules: [{ id: 'r2', field: 'employees', operator: '>=', value: '10' }] },
      ],
    }
    const envelope = toEnvelope(group, FIELDS)
    expect(envelope).toEqual({
      schema: 'fairpatch-rule/1', combinator: 'and', not: false,
      rules: [
        { field: 'state', operator: 'in', value: ['CA'] },
        { combinator: 'or', not: false, rules: [{ field: 'employees', operator: '>=', value: 10 }] },
      ],
    })
    expect(toEnvelope(fromEnvelope(envelope), FIELDS)).toEqual(envelope)
  })
  it('names conditions that are not filled in, and leaves them out of the question', () => {
    const group = {
      combinator: 'and',
      rules: [
        { field: 'state', operator: 'in', value: [] },
        { field: 'state', operator: 'null', value: '' },
        { combinator: 'or', rules: [{ field: 'state', operator: '=', value: '' }] },
        { field: 'employees', operator: 'between', value: [1, ''] },
      ],
    }
    expect(findBlanks(group)).toEqual(['1', '3.1', '4'])
    expect(dropBlanks(group).rules).toEqual([{ field: 'state', operator: 'null', value: '' }])
  })
})
