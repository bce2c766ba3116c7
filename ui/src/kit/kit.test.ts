// Do the table's keys lead where they should?
import { expect, test } from 'vitest'
import { stepRow } from './rowKeys'

test('keys move within the rows and other keys do not', () => {
  expect(stepRow('ArrowDown', 4, 5, 10)).toBe(4)
  expect(stepRow('PageUp', 4, 5, 10)).toBe(0)
  expect(stepRow('End', 0, 5, 10)).toBe(4)
  expect(stepRow('a', 0, 5, 10)).toBeNull()
  expect(stepRow('ArrowDown', 0, 0, 10)).toBeNull()
})
