// How do territories, units and the view become colours, groups and legend rows? Pure: the page only draws the result.
import { findAtlasId, type Level } from '@/mapkit/codes'
import { deviationOf } from '@/pure/format'
import { colourAt, colourOfDeviation, hueOf, SEQUENTIAL } from '@/pure/palette'
import type { components } from '@/api/schema'

export type Territory = components['schemas']['TerritoryRow']
export type Unit = components['schemas']['MapUnit']
export type ColourBy = 'territory' | 'owner' | 'accounts' | 'revenue' | 'deviation'
export type Staffing = 'filled' | 'interim' | 'vacant'

export const TOLERANCE = 0.15
export const EXTREME = 0.75

/** The whole tree by code, and what is drawn at the chosen depth. */
export type TreeView = {
  readonly byCode: ReadonlyMap<string, Territory>
  /** The shown ancestor of a territory: itself when it is above the chosen depth. */
  readonly shownFor: (code: string) => Territory | null
  readonly deepest: number
}

export function viewTree(territories: readonly Territory[], depth: number | null): TreeView {
  const byCode = new Map(territories.map((territory) => [territory.code, territory]))
  const shownFor = (code: string): Territory | null => {
    let current = byCode.get(code) ?? null
    while (current && depth !== null && current.depth > depth) {
      const parent = current.parent ? (byCode.get(current.parent) ?? null) : null
      if (!parent) break
      current = parent
    }
    return current
  }
  return { byCode, shownFor, deepest: Math.max(0, ...territories.map((territory) => territory.depth)) }
}

/** Units by their place in the atlas, so that drawing needs no look-up by name. */
export function placeUnits(
  level: Level,
  units: readonly Unit[],
  placeOf: ReadonlyMap<string, number>,
): { placed: Map<number, Unit>; unplaced: Unit[] } {
  const placed = new Map<number, Unit>()
  const unplaced: Unit[] = []
  for (const unit of units) {
    const atlasId = findAtlasId(level, unit.id)
    const place = atlasId === null ? undefined : placeOf.get(atlasId)
    if (place === undefined) unplaced.push(unit)
    else placed.set(place, unit)
  }
  return { placed, unplaced }
}

export function staffingOf(territory: Territory): Staffing {
  if (territory.is_vacant || !territory.primary) return 'vacant'
  return territory.primary.is_interim ? 'interim' : 'filled'
}

export function ownerOf(territory: Territory): string | null {
  return territory.primary ? territory.primary.name : null
}

/** What a territory is measured by; territory and owner views measure nothing and compare accounts. */
export function measureOf(territory: Territory, by: ColourBy): number {
  return by === 'revenue' ? territory.totals.revenue_minor : territory.totals.accounts
}

export type LegendRow = {
  readonly territory: Territory
  readonly colour: string
  readonly deviation: number | null
  readonly units: number
}

/** The territories that hold at least one drawn unit or account, with the colour each has in this view. */
export function listLegend(
  shown: readonly Territory[],
  unitCounts: ReadonlyMap<string, number>,
  by: ColourBy,
  ownerHues: ReadonlyMap<string, number>,
): LegendRow[] {
  const measures = shown.map((territory) => measureOf(territory, by))
  // Outside one's scope the figures are withheld: such territories neither count nor compare.
  const known = measures.filter((_, place) => shown[place]!.is_in_scope)
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  const highest = Math.max(1, ...measures)
  return shown.map((territory, place) => {
    const measure = measures[place]!
    const deviation = territory.is_in_scope ? deviationOf(measure, mean) : null
    return {
      territory,
      deviation,
      units: unitCounts.get(territory.code) ?? 0,
      colour: chooseColour(territory, by, measure / highest, deviation ?? 0, ownerHues),
    }
  })
}

function chooseColour(
  territory: Territory,
  by: ColourBy,
  share: number,
  deviation: number,
  ownerHues: ReadonlyMap<string, number>,
): string {
  if (by === 'owner') return hueOf(ownerHues.get(ownerOf(territory) ?? '') ?? territory.colour_index)
  if (by === 'deviation') return colourOfDeviation(deviation, TOLERANCE, EXTREME)
  // The square root keeps the many small territories apart beside one large one.
  if (by === 'accounts' || by === 'revenue') return colourAt(SEQUENTIAL, Math.sqrt(Math.max(0, share)))
  return hueOf(territory.colour_index)
}
