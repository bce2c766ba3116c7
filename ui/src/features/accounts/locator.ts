// How are the surroundings of a place drawn without a map engine? Shapes as paths on a small flat sheet around it.
import type { Feature, Position } from 'geojson'

export type Sheet = {
  readonly latitude: number
  readonly longitude: number
  /** Degrees of latitude from the middle to the upper edge. */
  readonly reach: number
  readonly width: number
  readonly height: number
}

/** Sheet coordinates; longitudes shrink with the cosine of the latitude, so that shapes keep their look. */
export function projectOn(sheet: Sheet, [longitude = 0, latitude = 0]: Position): readonly [number, number] {
  const scale = sheet.height / 2 / sheet.reach
  const squeeze = Math.cos((sheet.latitude * Math.PI) / 180)
  return [sheet.width / 2 + (longitude - sheet.longitude) * squeeze * scale, sheet.height / 2 - (latitude - sheet.latitude) * scale]
}

function ringsOf({ geometry }: Feature): readonly Position[][] {
  if (geometry?.type === 'Polygon') return geometry.coordinates
  return geometry?.type === 'MultiPolygon' ? geometry.coordinates.flat() : []
}

function drawRing(sheet: Sheet, ring: readonly Position[]): string {
  let [west, east, north, south] = [Infinity, -Infinity, Infinity, -Infinity]
  const points = ring.map((position) => {
    const [x, y] = projectOn(sheet, position)
    west = Math.min(west, x)
    east = Math.max(east, x)
    north = Math.min(north, y)
    south = Math.max(south, y)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
  const isInSight = east >= 0 && west <= sheet.width && south >= 0 && north <= sheet.height
  return isInSight ? `M${points.join('L')}Z` : ''
}

/** The path of one shape; empty when no part of it is in sight. */
export function drawShape(sheet: Sheet, shape: Feature): string {
  return ringsOf(shape)
    .map((ring) => drawRing(sheet, ring))
    .join('')
}
