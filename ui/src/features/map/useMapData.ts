// What does the map draw? The tree, the units of two levels and the points, joined into colours, groups and legend rows.
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { $api } from '@/api/client'
import { loadAtlas } from '@/mapkit/atlas'
import type { Level } from '@/mapkit/codes'
import { colourGroups, neighboursOfGroups } from '@/mapkit/colouring'
import { drawPoints } from '@/mapkit/points'
import { TERRITORY_HUES } from '@/pure/palette'
import { listLegend, ownerOf, placeUnits, staffingOf, viewTree, type Territory, type Unit } from './reading'
import type { MapView } from './useMapView'

function usePlacedUnits(level: Level, view: MapView, atlas: Awaited<ReturnType<typeof loadAtlas>> | undefined, enabled = true) {
  const query = $api.useQuery(
    'get',
    '/api/v1/map/units',
    { params: { query: { level, plan: view.plan, layer: view.layer ?? undefined } } },
    { enabled },
  )
  const placed = useMemo(
    () => (atlas && query.data ? placeUnits(level, query.data.units, atlas[level].placeOf) : null),
    [atlas, query.data, level],
  )
  return { query, placed }
}

export function useMapData(view: MapView) {
  const atlasQuery = useQuery({ queryKey: ['atlas'], queryFn: loadAtlas, staleTime: Infinity, gcTime: Infinity })
  const atlas = atlasQuery.data
  const treeQuery = $api.useQuery('get', '/api/v1/territories', { params: { query: { plan: view.plan } } })
  const countries = usePlacedUnits('country', view, atlas)
  const inner = usePlacedUnits(view.level, view, atlas, view.level !== 'country')
  const pointsQuery = $api.useQuery('get', '/api/v1/accounts/points', {
    params: { query: pointQuery(view) },
  })

  const territories = treeQuery.data?.territories
  const tree = useMemo(() => viewTree(territories ?? [], view.depth), [territories, view.depth])
  const innerPlaced = view.level === 'country' ? countries.placed : inner.placed

  const unitAt = useCallback(
    (level: Level, place: number): Unit | null => {
      const source = level === 'country' ? countries.placed : level === view.level ? innerPlaced : null
      return source?.placed.get(place) ?? null
    },
    [countries.placed, innerPlaced, view.level],
  )
  const territoryAt = useCallback(
    (level: Level, place: number): Territory | null => {
      const code = unitAt(level, place)?.territory
      return code ? tree.shownFor(code) : null
    },
    [unitAt, tree],
  )

  const { legend, unitCounts } = useMemo(() => {
    const counts = new Map<string, number>()
    const count = (level: Level, places: Iterable<number>) => {
      for (const place of places) {
        const territory = territoryAt(level, place)
        if (territory) counts.set(territory.code, (counts.get(territory.code) ?? 0) + 1)
      }
    }
    if (countries.placed) count('country', countries.placed.placed.keys())
    if (view.level !== 'country' && inner.placed) count(view.level, inner.placed.placed.keys())
    // Territories without a piece of the map of their own (named accounts, say) are known by their points.
    const { territory: drawn = [], territories: codes = [] } = pointsQuery.data ?? {}
    for (const place of new Set(drawn)) {
      const shown = tree.shownFor(codes[place] ?? '')
      if (shown && !counts.has(shown.code)) counts.set(shown.code, 0)
    }
    const shown = [...counts.keys()].map((code) => tree.byCode.get(code)!)
    const owners = atlas && view.by === 'owner'
      ? colourGroups(
          neighboursOfGroups(atlas[view.level].neighbours(), (place) => {
            const territory = territoryAt(view.level, place)
            return territory ? ownerOf(territory) : null
          }),
          TERRITORY_HUES.length,
        )
      : new Map<string, number>()
    return { legend: listLegend(shown, counts, view.by, owners), unitCounts: counts }
  }, [atlas, countries.placed, inner.placed, territoryAt, tree, view.level, view.by, pointsQuery.data])

  const colours = useMemo(() => new Map(legend.map((row) => [row.territory.code, row.colour])), [legend])
  const paintOf = useCallback(
    (level: Level, place: number) => {
      const territory = territoryAt(level, place)
      const isFaint =
        !!territory &&
        ((view.staffing !== null && staffingOf(territory) !== view.staffing) ||
          (view.selected !== null && tree.byCode.has(view.selected) && !isWithin(tree, territory, view.selected)))
      return { colour: territory ? (colours.get(territory.code) ?? null) : null, isFaint }
    },
    [territoryAt, colours, view.staffing, view.selected, tree],
  )
  const groupOf = useCallback(
    (level: Level, place: number) => {
      const territory = territoryAt(level, place)
      return territory && view.by === 'owner' ? ownerOf(territory) : (territory?.code ?? null)
    },
    [territoryAt, view.by],
  )
  const points = useMemo(() => {
    const data = pointsQuery.data
    if (!data) return null
    const fills = data.territories.map((code) => colours.get(tree.shownFor(code)?.code ?? '') ?? '#8a929c')
    return drawPoints(data, (entry) => fills[data.territory[entry]!] ?? '#8a929c')
  }, [pointsQuery.data, colours, tree])

  return {
    atlas,
    tree,
    layers: treeQuery.data?.layers ?? [],
    compact: pointsQuery.data ?? null,
    legend,
    unitCounts,
    unitAt,
    territoryAt,
    paintOf,
    groupOf,
    points,
    isReady: !!atlas && !!treeQuery.data && !!countries.placed && !!innerPlaced,
    error: atlasQuery.error ?? treeQuery.error ?? countries.query.error ?? inner.query.error,
    pointsError: pointsQuery.error,
    retry: () => {
      void atlasQuery.refetch()
      void treeQuery.refetch()
      void countries.query.refetch()
      if (view.level !== 'country') void inner.query.refetch()
    },
  }
}

export type MapData = ReturnType<typeof useMapData>

function isWithin(tree: ReturnType<typeof viewTree>, territory: Territory, ancestor: string): boolean {
  for (let current: Territory | undefined = territory; current; current = current.parent ? tree.byCode.get(current.parent) : undefined) {
    if (current.code === ancestor) return true
  }
  return false
}

function pointQuery(view: MapView) {
  const { owner, list, ...rest } = view.filters
  return {
    ...rest,
    layer: view.layer ?? undefined,
    descendants: rest.territory ? true : undefined,
    owner: owner && /^\d+$/.test(owner) ? Number(owner) : undefined,
    list: (['unassigned', 'misplaced', 'conflicts'] as const).find((name) => name === list),
  }
}
