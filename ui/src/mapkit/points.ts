// How do the server's compact arrays become points on the map, and which box holds them?
import type { Feature, FeatureCollection, Point } from 'geojson'
import type { Box } from './atlas'

/** One entry per account in each array; `territory` is a place in `territories`, negative for none. */
export type CompactPoints = {
  readonly id: readonly number[]
  readonly lon: readonly number[]
  readonly lat: readonly number[]
  readonly territory: readonly number[]
}

/** Points with the fill they take; the map clusters them. Entries without a position are left out. */
export function drawPoints(points: CompactPoints, colourOf: (entry: number) => string): FeatureCollection<Point> {
  const features: Feature<Point>[] = []
  for (let entry = 0; entry < points.id.length; entry++) {
    const lon = points.lon[entry]
    const lat = points.lat[entry]
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) continue
    features.push({
      type: 'Feature',
      id: points.id[entry],
      properties: { k: colourOf(entry), e: entry },
      geometry: { type: 'Point', coordinates: [lon!, lat!] },
    })
  }
  return { type: 'FeatureCollection', features }
}

/** The box around the middle 98 % of the points in each direction: a stray pin does not zoom the map out. */
export function boxOfPoints(points: CompactPoints): Box | null {
  const spread = (values: readonly number[]): [number, number] | null => {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
    if (sorted.length === 0) return null
    const cut = Math.floor(sorted.length * 0.01)
    return [sorted[cut]!, sorted[sorted.length - 1 - cut]!]
  }
  const x = spread(points.lon)
  const y = spread(points.lat)
  return x && y ? [x[0], y[0], x[1], y[1]] : null
}

/** "4.2/39.5/-98.3" as the URL holds it: zoom, latitude, longitude. */
export function readCamera(text: string | null): { zoom: number; center: [number, number] } | null {
  const [zoom, lat, lon] = (text ?? '').split('/').map(Number)
  if (zoom === undefined || lat === undefined || lon === undefined) return null
  if (![zoom, lat, lon].every(Number.isFinite) || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null
  return { zoom, center: [lon, lat] }
}

export function writeCamera(zoom: number, lat: number, lon: number): string {
  return `${zoom.toFixed(2)}/${lat.toFixed(3)}/${lon.toFixed(3)}`
}
