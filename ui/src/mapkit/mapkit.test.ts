// Do pieces, codes, colours and points come out right from the real atlases?
import type { Topology } from 'topojson-specification'
import usJson from 'us-atlas/counties-10m.json'
import { expect, test } from 'vitest'
import worldJson from 'world-atlas/countries-50m.json'
import { boxOf, readUnits, UNITED_STATES, unwrapRing } from './atlas'
import { findAtlasId, findLetters } from './codes'
import { colourGroups, neighboursOfGroups } from './colouring'
import { boxOfPoints, drawPoints, readCamera, writeCamera } from './points'

const us = usJson as unknown as Topology
const states = readUnits('state', us, 'states')
const counties = readUnits('county', us, 'counties')
const countries = readUnits('country', worldJson as unknown as Topology, 'countries')

test('the server’s codes find their pieces', () => {
  expect([findAtlasId('state', 'US-CA'), findAtlasId('state', 'ca'), findAtlasId('state', '6')]).toEqual(['06', '06', '06'])
  expect([findAtlasId('country', 'DE'), findAtlasId('country', '40')]).toEqual(['276', '040'])
  expect([findAtlasId('county', '6037'), findAtlasId('state', 'CA-ON'), findAtlasId('country', 'ZZ')]).toEqual(['06037', null, null])
  expect([findLetters('county', '06037'), findLetters('country', '276')]).toEqual(['CA', 'DE'])
})

test('every state and almost every country of the code tables is drawn', () => {
  expect(states.placeOf.has('06') && counties.placeOf.has('06037') && countries.placeOf.has(UNITED_STATES)).toBe(true)
  expect(states.ids.filter((id) => findLetters('state', id) === null)).toEqual([])
  expect(counties.ids.length).toBeGreaterThan(3200)
})

test('no outline jumps across the map', () => {
  for (const set of [countries, states]) {
    for (const shape of set.shapes.features) {
      const parts = shape.geometry.type === 'MultiPolygon' ? shape.geometry.coordinates : shape.geometry.type === 'Polygon' ? [shape.geometry.coordinates] : []
      for (const ring of parts.flat()) {
        const jumps = ring.slice(1).filter(([x], i) => Math.abs(x! - ring[i]![0]!) > 180)
        expect(jumps).toEqual([])
      }
    }
  }
  const ring = [[179, 0], [-179, 1], [178, 2]]
  unwrapRing(ring)
  expect(ring.map(([x]) => x)).toEqual([179, 181, 178])
})

test('states as territories: neighbours never share a hue', () => {
  const touching = neighboursOfGroups(states.neighbours(), (piece) => states.ids[piece]!)
  const hues = colourGroups(touching, 10)
  for (const [state, others] of touching) for (const other of others) expect(hues.get(state)).not.toBe(hues.get(other))
})

test('3,231 counties: neighbours never share a hue, and the preferred one is kept where it can be', () => {
  const touching = neighboursOfGroups(counties.neighbours(), (piece) => piece)
  const hues = colourGroups(touching, 10, (group) => group % 10)
  let kept = 0
  for (const [group, others] of touching) {
    for (const other of others) expect(hues.get(group)).not.toBe(hues.get(other))
    if (hues.get(group) === group % 10) kept++
  }
  expect(kept).toBeGreaterThan(touching.size / 2)
})

test('more mutual neighbours than hues share the hue that disturbs least', () => {
  const all = new Set([0, 1, 2])
  const touching = new Map([...all].map((group) => [group, new Set([...all].filter((other) => other !== group))]))
  expect(new Set(colourGroups(touching, 2).values())).toEqual(new Set([0, 1]))
})

test('borders are drawn between groups only, never along the coast', () => {
  const place = (id: string) => states.placeOf.get(id)!
  const lone = states.borders((a, b) => a === place('06') || b === place('06'))
  const none = states.borders(() => false)
  expect(lone.coordinates.length).toBeGreaterThan(0)
  expect(none.coordinates).toEqual([])
})

test('a box frames the largest ring', () => {
  const [west, south, east, north] = boxOf([states.shapes.features[states.placeOf.get('08')!]!])!
  expect([west, south, east, north].map(Math.round)).toEqual([-109, 37, -102, 41])
})

test('points leave out accounts without a position, and a stray one does not stretch the view', () => {
  const count = 200
  const points = {
    id: Array.from({ length: count }, (_, i) => i),
    lon: Array.from({ length: count }, (_, i) => (i === 0 ? 170 : -100 + i / 100)),
    lat: Array.from({ length: count }, (_, i) => (i === 1 ? Number.NaN : 40)),
    territory: new Array<number>(count).fill(-1),
  }
  expect(drawPoints(points, () => '#000000').features).toHaveLength(count - 1)
  expect(boxOfPoints(points)![2]).toBeLessThan(-97)
  expect(boxOfPoints({ id: [], lon: [], lat: [], territory: [] })).toBeNull()
})

test('the camera survives the URL, and nonsense does not', () => {
  expect(readCamera(writeCamera(4.25, 39.5, -98.25))).toEqual({ zoom: 4.25, center: [-98.25, 39.5] })
  expect([readCamera('x/y/z'), readCamera('4/999/0'), readCamera(null)]).toEqual([null, null, null])
})
