// Which pieces does the map draw? Countries, US states and US counties, unpacked from the bundled atlases.
import type { Feature, FeatureCollection, MultiLineString } from 'geojson'
import countriesUrl from 'world-atlas/countries-50m.json?url'
import countiesUrl from 'us-atlas/counties-10m.json?url'
import { feature, mesh, neighbors } from 'topojson-client'
import type { GeometryCollection, GeometryObject, Topology } from 'topojson-specification'
import type { Level } from './codes'

export const UNITED_STATES = '840'
// Holds the pole: no ring on a flat map. Nobody sells there.
const ANTARCTICA = '010'

/** All pieces of one level. A piece is known by its place in the list, which is also its id on the map. */
export type UnitSet = {
  readonly level: Level
  readonly ids: readonly string[]
  readonly names: readonly string[]
  readonly placeOf: ReadonlyMap<string, number>
  readonly shapes: FeatureCollection
  readonly neighbours: () => readonly (readonly number[])[]
  /** The lines between pieces for which `differs` holds. */
  readonly borders: (differs: (a: number, b: number) => boolean) => MultiLineString
}

export type Atlas = Readonly<Record<Level, UnitSet>>

type Named = GeometryObject & { properties?: { name?: string }; id?: string | number; place?: number }

/** Lets a ring that crosses the 180th meridian run on past it, instead of jumping back across the whole map. */
export function unwrapRing(ring: number[][]): void {
  for (let i = 1; i < ring.length; i++) {
    const jump = ring[i]![0]! - ring[i - 1]![0]!
    if (Math.abs(jump) > 180) ring[i]![0]! -= Math.sign(jump) * 360
  }
}

function unpackShapes(level: Level, topology: Topology, collection: GeometryCollection, ids: readonly string[]): FeatureCollection {
  const shapes = feature(topology, collection) as FeatureCollection
  shapes.features.forEach((shape: Feature, place) => {
    shape.id = place
    if (shape.geometry.type === 'Polygon') shape.geometry.coordinates.forEach(unwrapRing)
    if (shape.geometry.type === 'MultiPolygon') shape.geometry.coordinates.forEach((part) => part.forEach(unwrapRing))
    shape.properties = { isHome: level === 'country' && ids[place] === UNITED_STATES }
  })
  return shapes
}

export function readUnits(level: Level, topology: Topology, objectName: string): UnitSet {
  const whole = topology.objects[objectName] as GeometryCollection
  const pieces = (whole.geometries as Named[]).filter((piece) => !(level === 'country' && piece.id === ANTARCTICA))
  const collection = { ...whole, geometries: pieces } as GeometryCollection
  const ids = pieces.map((piece, place) => {
    piece.place = place
    return piece.id === undefined ? `unnamed-${place}` : String(piece.id)
  })
  let cached: number[][] | null = null
  // Unpacking 3,231 counties takes a moment, and most visits show states only.
  let unpacked: FeatureCollection | null = null
  return {
    level,
    ids,
    names: pieces.map((piece) => piece.properties?.name ?? ''),
    placeOf: new Map(ids.map((id, place) => [id, place])),
    get shapes() {
      return (unpacked ??= unpackShapes(level, topology, collection, ids))
    },
    neighbours: () => (cached ??= neighbors(pieces)),
    borders: (differs) =>
      mesh(topology, collection as GeometryObject, (a, b) => {
        const from = (a as Named).place!
        const to = (b as Named).place!
        return from !== to && differs(from, to)
      }),
  }
}

async function fetchTopology(url: string): Promise<Topology> {
  const response = await fetch(url)
  if (!response.ok) throw new TypeError(`Failed to fetch the map's boundaries (${response.status}).`)
  return (await response.json()) as Topology
}

let loading: Promise<Atlas> | null = null

/** The atlas, fetched once per visit. A failed attempt may be repeated. */
export function loadAtlas(): Promise<Atlas> {
  loading ??= Promise.all([fetchTopology(countriesUrl), fetchTopology(countiesUrl)])
    .then(([world, us]) => ({
      country: readUnits('country', world, 'countries'),
      state: readUnits('state', us, 'states'),
      county: readUnits('county', us, 'counties'),
    }))
    .catch((error: unknown) => {
      loading = null
      throw error
    })
  return loading
}

export type Box = readonly [west: number, south: number, east: number, north: number]

/** The box around shapes, by the largest ring of each: outlying islands do not stretch the view over an ocean. */
export function boxOf(shapes: readonly Feature[]): Box | null {
  let box: [number, number, number, number] | null = null
  for (const shape of shapes) {
    if (shape.geometry?.type !== 'Polygon' && shape.geometry?.type !== 'MultiPolygon') continue
    const rings = shape.geometry.type === 'Polygon' ? [shape.geometry.coordinates[0]!] : shape.geometry.coordinates.map((part) => part[0]!)
    const largest = rings.reduce((best, ring) => (ring.length > best.length ? ring : best))
    for (const [x, y] of largest as [number, number][]) {
      box ??= [x, y, x, y]
      box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
    }
  }
  return box
}
