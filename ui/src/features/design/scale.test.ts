// Do the marks enclose the values in round steps, even when all values are one, and does the axis part the points?
import { describe, expect, it } from 'vitest'
import { colourPlaces } from './colours'
import { chooseAxis, placeTicks } from './scale'

describe('marks of an axis', () => {
  it('enclose the values', () => {
    expect(placeTicks([0.013, 0.093]).ticks).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.1])
  })

  it('leave room around a single value, and do not fail without any', () => {
    for (const values of [[5], [0], []]) {
      const { low, high } = placeTicks(values)
      expect(high).toBeGreaterThan(low)
    }
  })
})

describe('the axis a chart begins with', () => {
  const choose = (...moves: (number | null)[]) => chooseAxis(moves.map((moved_share) => ({ moved_share })))

  it('is moves where these differ', () => {
    expect(choose(0.02, null, 0.3)).toBe('moved_share')
  })

  it('is distance where a budget binds, or where nothing can move', () => {
    expect(choose(0.25, 0.2499)).toBe('rms_km')
    expect(choose(0, 0)).toBe('rms_km')
    expect(choose(null)).toBe('rms_km')
    expect(choose()).toBe('rms_km')
  })
})

describe('hues of designed territories', () => {
  it('differ between the nearest', () => {
    const row = Array.from({ length: 30 }, (_, at) => ({ latitude: 40, longitude: at }))
    const hues = colourPlaces(row)
    for (let at = 1; at < row.length; at++) expect(hues[at]).not.toBe(hues[at - 1])
  })

  it('are there for territories without a centre too', () => {
    expect(colourPlaces([{ latitude: null, longitude: null }, { latitude: 1, longitude: 1 }])).toHaveLength(2)
  })
})
