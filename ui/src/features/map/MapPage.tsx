// Where is everything? Territories and accounts on a map, with its legend as a table and details at a click.
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { api } from '@/api/client'
import { ErrorState, Waiting } from '@/kit/Notice'
import { useShortcuts } from '@/kit/Shortcuts'
import { showProblem } from '@/kit/Toasts'
import type { Level } from '@/mapkit/codes'
import type { Stage, Target } from '@/mapkit/stage'
import { t } from '@/pure/words'
import { AccountPanel, TerritoryPanel } from './DetailPanel'
import { HoverCard } from './HoverCard'
import { LegendPanel } from './LegendPanel'
import { MapCanvas, type Hover } from './MapCanvas'
import { MapControls } from './MapControls'
import classes from './MapPage.module.css'
import type { Place } from './MapSearch'
import type { Territory } from './reading'
import { useMapData, type MapData } from './useMapData'
import { LEVELS, useMapView } from './useMapView'

function listUnitsOf(data: MapData, level: Level, isWanted: (territory: Territory) => boolean) {
  const levels: readonly Level[] = level === 'country' ? ['country'] : ['country', level]
  return levels.flatMap((each) =>
    (data.atlas?.[each].ids ?? []).flatMap((_, place) => {
      const territory = data.territoryAt(each, place)
      return territory && isWanted(territory) ? [{ level: each, place }] : []
    }),
  )
}

function trailOf(territory: Territory, data: MapData): Territory[] {
  const trail: Territory[] = []
  for (let code = territory.parent; code; ) {
    const parent = data.tree.byCode.get(code)
    if (!parent) break
    trail.unshift(parent)
    code = parent.parent
  }
  return trail
}

export default function MapPage() {
  const [view, change] = useMapView()
  const data = useMapData(view)
  const stage = useRef<Stage | null>(null)
  const [hover, setHover] = useState<Hover | null>(null)
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false
  const [isFolded, setFolded] = useLocalStorage({ key: 'map.legend.folded', defaultValue: isNarrow, getInitialValueInEffect: false })
  useEffect(() => {
    document.title = `${t('Map')} · Fairpatch`
  }, [])
  useShortcuts(t('Map'), [
    { keys: 'l', label: t('Fold or unfold the legend'), run: () => setFolded(!isFolded) },
    { keys: 'v', label: t('Next size of pieces: countries, states, counties'), run: () => change({ level: LEVELS[(LEVELS.indexOf(view.level) + 1) % LEVELS.length] }) },
    { keys: 'x', label: t('Clear the selection'), run: () => change({ t: null, account: null }) },
  ])

  const room = useMemo(
    () => (isNarrow ? { top: 120, right: 24, bottom: 280, left: 24 } : { top: 80, right: 48, bottom: 48, left: isFolded ? 48 : 512 }),
    [isNarrow, isFolded],
  )
  const pick = useCallback(
    (target: Target | null) => {
      if (target?.kind === 'account') return change({ account: target.id, t: null })
      const territory = target?.kind === 'unit' ? data.territoryAt(target.level, target.place) : null
      change({ t: territory?.code ?? null, account: null })
    },
    [change, data],
  )
  const fitTerritory = (code: string) => {
    const inside = listUnitsOf(data, view.level, (territory) => territory.code === code || trailOf(territory, data).some((parent) => parent.code === code))
    stage.current?.fitUnits(inside, room)
  }
  const fitPiece = (level: Level, place: number) => stage.current?.fitUnits([{ level, place }], room)
  const goTo = (place: Place) => {
    if (place.kind === 'unit') return fitPiece(place.level, place.place)
    if (place.kind === 'territory') {
      change({ t: place.code, account: null })
      return fitTerritory(place.code)
    }
    change({ account: place.id, t: null })
    api
      .GET('/api/v1/accounts/{account_id}', { params: { path: { account_id: place.id } } })
      .then(({ data: account }) => {
        if (account && account.longitude !== null && account.latitude !== null) stage.current?.flyTo(account.longitude, account.latitude, 9)
      })
      .catch(showProblem)
  }

  const selected = view.selected ? data.tree.byCode.get(view.selected) : undefined
  if (data.error) return <ErrorState error={data.error} onRetry={data.retry} />
  return (
    <div className={classes.page} data-detail={selected || view.account !== null ? true : undefined}>
      <h1 className="visually-hidden">{t('Map')}</h1>
      {data.atlas && data.isReady ? (
        <MapCanvas
          atlas={data.atlas}
          data={data}
          view={view}
          room={room}
          onHover={setHover}
          onPick={pick}
          onCamera={(camera) => change({ at: camera })}
          onStage={(next) => {
            stage.current = next
          }}
        />
      ) : (
        <div className={classes.canvas}>
          <Waiting label={t('Drawing the map…')} />
        </div>
      )}
      <MapControls view={view} data={data} onChange={change} onPlace={goTo} />
      {data.isReady && (
        <LegendPanel
          view={view}
          data={data}
          isFolded={isFolded}
          onFold={() => setFolded(!isFolded)}
          onTerritory={(code) => change({ t: code, account: null })}
          onPiece={fitPiece}
        />
      )}
      {selected && (
        <TerritoryPanel
          territory={selected}
          row={data.legend.find((row) => row.territory.code === selected.code)}
          trail={trailOf(selected, data)}
          onFit={data.legend.some((row) => row.units > 0) ? () => fitTerritory(selected.code) : null}
          onClose={() => change({ t: null })}
        />
      )}
      {view.account !== null && <AccountPanel id={view.account} onClose={() => change({ account: null })} />}
      {hover && <HoverCard hover={hover} data={data} />}
    </div>
  )
}
