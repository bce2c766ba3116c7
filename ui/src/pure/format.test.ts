// Are figures and moments written as people read them?
import { expect, test } from 'vitest'
import { deviationOf, formatCount, formatDate, formatDelta, formatDuration, formatMoment, formatMoney, formatShare, formatShort } from './format'

test('counts and short counts', () => {
  expect(formatCount(12345)).toBe('12,345')
  expect([999, 1234, 1_500_000].map(formatShort)).toEqual(['999', '1.23K', '1.5M'])
})

test('money comes from minor units of its own currency', () => {
  expect(formatMoney(123_456_700, 'USD')).toBe('$1,234,567')
  expect(formatMoney(123_456_700, 'USD', 'short')).toBe('$1.23M')
  expect(formatMoney(123_456, 'JPY')).toBe('¥123,456')
})

test('shares and differences carry their sign', () => {
  expect([0, 0.0312, 0.123, -0.5].map(formatShare)).toEqual(['0 %', '3.1 %', '12 %', '−50 %'])
  expect([214, -3, 0].map((value) => formatDelta(value))).toEqual(['+214', '−3', '±0'])
  expect(deviationOf(120, 100)).toBeCloseTo(0.2)
  expect(deviationOf(5, 0)).toBeNull()
})

test('moments near today are said in words, in the organisation’s zone', () => {
  const now = new Date('2026-11-21T16:00:00Z')
  expect(formatMoment('2026-11-22T06:00:00Z', now, 'America/Chicago')).toBe('tomorrow 00:00 (in 14 h)')
  expect(formatMoment('2026-11-21T15:55:00Z', now, 'UTC')).toBe('today 15:55 (5 min ago)')
  expect(formatMoment('2026-03-03T14:05:00Z', now, 'UTC')).toBe('3 Mar 2026 14:05')
})

test('a date without a time is the same day in every zone', () => {
  expect(formatDate('2026-11-01', 'America/Los_Angeles')).toBe('1 Nov 2026')
})

test('durations use the two largest units', () => {
  expect([4_000, 130_000, 3_600_000, 3_900_000].map(formatDuration)).toEqual(['4 s', '2 min 10 s', '1 h', '1 h 5 min'])
})
