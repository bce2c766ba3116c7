// Which hue does each designed territory get, so that those that lie side by side differ?
import { colourGroups } from '@/mapkit/colouring'
import { hueOf, TERRITORY_HUES } from '@/pure/palette'
import type { DesignedTerritory } from './types'

const NEAREST = 5

/** A hue per place in the list. Neighbours are the territories whose centres lie nearest. */
export function colourPlaces(territories: readonly Pick<DesignedTerritory, 'latitude' | 'longitude'>[]): string[] {
  const touching = new Map<number, Set<number>>(territories.map((_, at) => [at, new Set<number>()]))
  territories.forEach((one, at) => {
    const distances = territories
      .map((other, place) => ({ place, far: distanceBetween(one, other) }))
      .filter(({ place, far }) => place !== at && Number.isFinite(far))
      .sort((a, b) => a.far - b.far || a.place - b.place)
    for (const { place } of distances.slice(0, NEAREST)) {
      touching.get(at)!.add(place)
      touching.get(place)!.add(at)
    }
  })
  const hues = colourGroups(touching, TERRITORY_HUES.length)
  return territories.map((_, at) => hueOf(hues.get(at) ?? at))
}

type Place = Pick<DesignedTerritory, 'latitude' | 'longitude'>

function distanceBetween(a: Place, b: Place): number {
  if (a.latitude === null || a.longitude === null || b.latitude === null || b.longitude === null) return Infinity
  const squeeze = Math.cos((((a.latitude + b.latitude) / 2) * Math.PI) / 180)
  return Math.hypot(a.latitude - b.latitude, (a.longitude - b.longitude) * squeeze)
}
