// Do rows sort, files open, addresses and keys work as promised?
import { expect, test } from 'vitest'
import { writeCsv, writeCsvCell } from './csv'
import { sortRows } from './order'
import { pressKey } from './shortcuts'
import { patchView } from './view'

test('rows sort by size, naturally and stably, with nothing last both ways', () => {
  const rows = [{ n: 'b', v: 10 }, { n: 'a', v: null }, { n: 'c', v: 9 }, { n: 'd', v: 10 }]
  expect(sortRows(rows, (row) => row.v, false).map((row) => row.n)).toEqual(['c', 'b', 'd', 'a'])
  expect(sortRows(rows, (row) => row.v, true).map((row) => row.n)).toEqual(['b', 'd', 'c', 'a'])
  expect(sortRows(['T10', 'T9', 't1'], (name) => name, false)).toEqual(['t1', 'T9', 'T10'])
})

test('CSV quotes what it must and defuses formulas', () => {
  expect(writeCsv(['a', 'b'], [['x,"y"', 1], [null, true]])).toBe('a,b\r\n"x,""y""",1\r\n,true\r\n')
  expect(['=1+1', '+x', '-x', '@x'].map(writeCsvCell)).toEqual(["'=1+1", "'+x", "'-x", "'@x"])
  expect(writeCsvCell(-5)).toBe('-5')
})

test('a view patch sets, repeats, removes and keeps a stable order', () => {
  expect(patchView('b=2&a=1', { c: 3 })).toBe('a=1&b=2&c=3')
  expect(patchView('a=1&b=2', { a: null, b: '' })).toBe('')
  expect(patchView('', { s: ['x', 'y'], on: true, off: false })).toBe('on=true&s=x&s=y')
})

test('chords complete only in time, and a lone key keeps its own meaning', () => {
  const known = new Set(['g m', '?', 'x'])
  const first = pressKey(null, 'g', 0, known)
  expect(first).toEqual({ state: { first: 'g', at: 0 }, complete: null })
  expect(pressKey(first.state, 'm', 500, known).complete).toBe('g m')
  expect(pressKey(first.state, 'm', 5000, known).complete).toBeNull()
  expect(pressKey(first.state, 'x', 500, known).complete).toBe('x')
})
