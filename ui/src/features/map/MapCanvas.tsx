// How does the map kit live inside a page? Created once per atlas, told of every change, taken down with the page.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '@/api/session'
import { t } from '@/pure/words'
import type { Atlas } from '@/mapkit/atlas'
import { boxOfPoints, readCamera, writeCamera } from '@/mapkit/points'
import { Stage, type Target } from '@/mapkit/stage'
import classes from './MapPage.module.css'
import type { MapData } from './useMapData'
import type { MapView } from './useMapView'

export type Hover = { readonly target: Target; readonly x: number; readonly y: number }

export type MapCanvasProps = {
  readonly atlas: Atlas
  readonly data: MapData
  readonly view: MapView
  /** Kept free of panels when the map fits something into view. */
  readonly room: { top: number; right: number; bottom: number; left: number }
  readonly onHover: (hover: Hover | null) => void
  readonly onPick: (target: Target | null) => void
  readonly onCamera: (camera: string) => void
  readonly onStage: (stage: Stage | null) => void
}

export function MapCanvas(props: MapCanvasProps) {
  const { atlas, data, view } = props
  const { attribution } = useSession()
  const isDark = useComputedColorScheme('light') === 'dark'
  const holder = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const [stage, setStage] = useState<Stage | null>(null)
  const hadCamera = useRef(view.camera !== null)
  const start = useRef({ isDark, camera: readCamera(view.camera), attribution })

  useEffect(() => {
    const created = new Stage(holder.current!, {
      atlas,
      ...start.current,
      onHover: (target, x, y) => latest.current.onHover(target ? { target, x, y } : null),
      onPick: (target) => latest.current.onPick(target),
      onMove: (zoom, lat, lon) => latest.current.onCamera(writeCamera(zoom, lat, lon)),
    })
    const observer = new ResizeObserver(() => created.resize())
    observer.observe(holder.current!)
    setStage(created)
    latest.current.onStage(created)
    return () => {
      observer.disconnect()
      latest.current.onStage(null)
      setStage(null)
      created.destroy()
    }
  }, [atlas])

  useEffect(() => void stage?.setDark(isDark), [stage, isDark])
  useEffect(() => void stage?.paint(view.level, data.paintOf), [stage, view.level, data.paintOf])
  useEffect(() => void stage?.drawBorders(view.level, data.groupOf), [stage, view.level, data.groupOf])
  useEffect(() => {
    if (stage && data.points) void stage.drawPoints(data.points)
  }, [stage, data.points])
  useEffect(() => {
    if (!stage || !data.compact || hadCamera.current) return
    hadCamera.current = true
    const box = boxOfPoints(data.compact)
    if (box) stage.fitBox(box, latest.current.room)
  }, [stage, data.compact])

  return (
    <div className={classes.canvas}>
      <div ref={holder} className={classes.map} role="region" aria-label={t('Map of territories; the list beside it holds the same as a table')} />
    </div>
  )
}
