// Where do the designed territories lie? Every account a point in its territory's colour, before or after.
import { SegmentedControl, useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { $api } from '@/api/client'
import { useSession } from '@/api/session'
import { ErrorState, Waiting } from '@/kit/Notice'
import { loadAtlas, type Atlas } from '@/mapkit/atlas'
import { boxOfPoints, drawPoints } from '@/mapkit/points'
import { Stage } from '@/mapkit/stage'
import { NO_HUE } from '@/pure/palette'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import type { Points } from './types'

export type Side = 'before' | 'after'

type DesignMapProps = {
  readonly runId: number
  readonly number: number
  readonly colours: readonly string[]
  readonly side: Side
  readonly onSide: (side: Side) => void
}

export function DesignMap({ runId, number, colours, side, onSide }: DesignMapProps) {
  const atlas = useQuery({ queryKey: ['atlas'], queryFn: loadAtlas, staleTime: Infinity, gcTime: Infinity })
  const points = $api.useQuery(
    'get',
    '/api/v1/designs/{run_id}/scenarios/{number}/points',
    { params: { path: { run_id: runId, number } } },
    { staleTime: Infinity },
  )
  if (points.error) return <ErrorState error={points.error} onRetry={() => void points.refetch()} />
  return (
    <div className={classes.stage}>
      <SegmentedControl
        className={classes.overMap}
        aria-label={t('Show on the map')}
        value={side}
        onChange={(value) => onSide(value as Side)}
        data={[
          { value: 'before', label: t('Before') },
          { value: 'after', label: t('After') },
        ]}
      />
      {atlas.data && points.data ? (
        <PointStage atlas={atlas.data} points={points.data} colours={colours} side={side} />
      ) : (
        <Waiting />
      )}
    </div>
  )
}

type PointStageProps = {
  readonly atlas: Atlas
  readonly points: Points
  readonly colours: readonly string[]
  readonly side: Side
}

const BARE = () => ({ colour: null, isFaint: false })

function PointStage({ atlas, points, colours, side }: PointStageProps) {
  const { attribution } = useSession()
  const scheme = useComputedColorScheme('light')
  const [, navigate] = useLocation()
  const holder = useRef<HTMLDivElement>(null)
  const start = useRef({ isDark: scheme === 'dark', attribution })
  const go = useRef(navigate)
  go.current = navigate
  const [stage, setStage] = useState<Stage | null>(null)

  useEffect(() => {
    const created = new Stage(holder.current!, {
      atlas,
      ...start.current,
      camera: null,
      isEachPoint: true,
      onHover: () => undefined,
      onPick: (target) => target?.kind === 'account' && go.current(`/accounts/${target.id}`),
      onMove: () => undefined,
    })
    const observer = new ResizeObserver(() => created.resize())
    observer.observe(holder.current!)
    setStage(created)
    return () => {
      observer.disconnect()
      setStage(null)
      created.destroy()
    }
  }, [atlas])

  const drawn = useMemo(
    () => drawPoints({ ...points, territory: points[side] }, (entry) => colours[points[side][entry]!] ?? NO_HUE[scheme]),
    [points, colours, side, scheme],
  )
  useEffect(() => void stage?.setDark(scheme === 'dark'), [stage, scheme])
  useEffect(() => void stage?.paint('state', BARE), [stage])
  useEffect(() => void stage?.drawPoints(drawn), [stage, drawn])
  useEffect(() => {
    const box = boxOfPoints({ ...points, territory: points.after })
    if (box) stage?.fitBox(box)
  }, [stage, points])

  return (
    <div
      ref={holder}
      className={classes.map}
      role="region"
      aria-label={t('Map of the accounts by designed territory; the tables below hold the same')}
    />
  )
}
