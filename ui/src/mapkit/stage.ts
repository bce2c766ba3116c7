// How is the map set up, coloured and listened to? One object around MapLibre, without any framework.
import type { Feature, FeatureCollection, Point } from 'geojson'
import {
  AttributionControl,
  Map as GlMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type FilterSpecification,
  type GeoJSONSource,
  type MapGeoJSONFeature,
  type MapMouseEvent,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import classes from './stage.module.css'
import { boxOf, type Atlas, type Box } from './atlas'
import type { Level } from './codes'
import { borderLayer, DARK, emptyStyle, LIGHT, pointLayers, unitLayers, type Look } from './style'

setWorkerUrl(workerUrl)

declare global {
  interface Window {
    /** True while the map stands still and everything is drawn; also as `data-map-idle` on its element, for tests to wait on. */
    __mapIdle?: boolean
    /** Where a place is on the screen: browser tests click there. */
    __mapPoint?: (lon: number, lat: number) => { x: number; y: number }
  }
}

export type Target =
  | { readonly kind: 'unit'; readonly level: Level; readonly place: number }
  | { readonly kind: 'account'; readonly id: number; readonly entry: number }
  | { readonly kind: 'cluster'; readonly count: number }

export type StageOptions = {
  readonly atlas: Atlas
  readonly isDark: boolean
  readonly attribution: readonly string[]
  readonly camera: { zoom: number; center: [number, number] } | null
  /** Draws every account as a point of its own instead of gathering neighbours into counted clusters. */
  readonly isEachPoint?: boolean
  readonly onHover: (target: Target | null, x: number, y: number) => void
  readonly onPick: (target: Target | null) => void
  readonly onMove: (zoom: number, lat: number, lon: number) => void
}

/** What the pieces of one level look like: a colour or none, and whether they stand back. */
export type Paint = { readonly colour: string | null; readonly isFaint: boolean }

const LEVELS: readonly Level[] = ['country', 'county', 'state']
const BOUNDARY_CREDITS = ['Boundaries: US Census Bureau (us-atlas), Natural Earth (world-atlas).']
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

export class Stage {
  private readonly map: GlMap
  private readonly container: HTMLElement
  private readonly options: StageOptions
  private readonly ready: Promise<void>
  private hovered: { source: Level; id: number } | null = null
  private readonly painted: Record<Level, string[]> = { country: [], state: [], county: [] }
  private isGone = false
  private look: Look

  constructor(container: HTMLElement, options: StageOptions) {
    this.options = options
    this.look = options.isDark ? DARK : LIGHT
    this.container = container
    container.classList.add(classes.stage!)
    this.tellIdle(false)
    this.map = new GlMap({
      container,
      style: emptyStyle(this.look),
      center: options.camera?.center ?? [-96, 38.5],
      zoom: options.camera?.zoom ?? 3.4,
      minZoom: 0.8,
      maxZoom: 15,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      attributionControl: false,
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(new AttributionControl({ compact: true, customAttribution: [...BOUNDARY_CREDITS, ...options.attribution] }), 'bottom-right')
    this.map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right')
    this.map.addControl(new ScaleControl({ maxWidth: 96 }), 'bottom-left')
    this.ready = new Promise((done) => this.map.once('load', () => done()))
    void this.ready.then(() => !this.isGone && this.addLayers())
    this.listen()
  }

  private addLayers(): void {
    const { map, look } = this
    map.addSource('borders', { type: 'geojson', data: EMPTY })
    map.addLayer(borderLayer(look))
    map.addSource('points', { type: 'geojson', data: EMPTY, cluster: !this.options.isEachPoint, clusterRadius: 46, clusterMaxZoom: 9 })
    for (const layer of pointLayers(look, this.options.isEachPoint)) map.addLayer(layer)
  }

  /** A level's pieces come onto the map when they are first shown: counties are many, and often not needed. */
  private addLevel(level: Level): void {
    if (this.map.getSource(level)) return
    this.map.addSource(level, { type: 'geojson', data: this.options.atlas[level].shapes, tolerance: 0.4 })
    // Fills below all lines, so that state lines stay visible over counties.
    const [fill, line] = unitLayers(level, this.look)
    const firstLine = LEVELS.map((each) => `${each}-line`).find((id) => this.map.getLayer(id))
    this.map.addLayer(fill!, firstLine ?? 'borders')
    this.map.addLayer(line!, 'borders')
  }

  private listen(): void {
    const { map, options } = this
    map.once('idle', () => {
      // The attribution starts unfolded; on a narrow screen it would cover the map, so it folds to its button.
      if (this.container.clientWidth < 640) this.container.querySelector('.maplibregl-ctrl-attrib')?.classList.remove('maplibregl-compact-show')
    })
    map.on('idle', () => this.tellIdle(true))
    map.on('dataloading', () => this.tellIdle(false))
    map.on('movestart', () => this.tellIdle(false))
    map.on('moveend', () => {
      const { lat, lng } = map.getCenter()
      options.onMove(map.getZoom(), lat, lng)
    })
    map.on('mousemove', (event) => this.hover(event))
    map.on('mouseout', () => this.leave())
    map.on('click', (event) => {
      const found = this.hitAt(event)
      if (found?.target.kind === 'cluster') void this.openCluster(found.feature)
      else options.onPick(found?.target ?? null)
    })
    window.__mapPoint = (lon, lat) => map.project([lon, lat])
  }

  private tellIdle(isIdle: boolean): void {
    window.__mapIdle = isIdle
    this.container.dataset.mapIdle = String(isIdle)
  }

  private hitAt(event: MapMouseEvent): { target: Target; feature: MapGeoJSONFeature } | null {
    const layers = ['pins', 'clusters', ...LEVELS.map((level) => `${level}-fill`)].filter((id) => this.map.getLayer(id))
    const feature = this.map.queryRenderedFeatures(event.point, { layers })[0]
    if (!feature) return null
    if (feature.layer.id === 'clusters') return { feature, target: { kind: 'cluster', count: Number(feature.properties.point_count) } }
    if (feature.layer.id === 'pins') {
      return { feature, target: { kind: 'account', id: Number(feature.id), entry: Number(feature.properties.e) } }
    }
    return { feature, target: { kind: 'unit', level: feature.source as Level, place: Number(feature.id) } }
  }

  private hover(event: MapMouseEvent): void {
    const found = this.hitAt(event)
    const next = found?.target.kind === 'unit' ? { source: found.target.level, id: found.target.place } : null
    if (next?.id !== this.hovered?.id || next?.source !== this.hovered?.source) {
      if (this.hovered) this.map.setFeatureState(this.hovered, { hover: false })
      if (next) this.map.setFeatureState(next, { hover: true })
      this.hovered = next
    }
    this.map.getCanvas().style.cursor = found ? 'pointer' : ''
    this.options.onHover(found?.target ?? null, event.point.x, event.point.y)
  }

  private leave(): void {
    if (this.hovered) this.map.setFeatureState(this.hovered, { hover: false })
    this.hovered = null
    this.options.onHover(null, 0, 0)
  }

  private async openCluster(cluster: MapGeoJSONFeature): Promise<void> {
    const source = this.map.getSource('points') as GeoJSONSource
    const zoom = await source.getClusterExpansionZoom(Number(cluster.properties.cluster_id))
    this.fly({ center: (cluster.geometry as Point).coordinates as [number, number], zoom })
  }

  private fly(to: { center: [number, number]; zoom: number }): void {
    this.map.easeTo({ ...to, duration: this.motion() })
  }

  private motion(): number {
    return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200
  }

  /** Shows the pieces of `level` inside the US (and countries elsewhere), coloured by `paintOf`. */
  async paint(level: Level, paintOf: (level: Level, place: number) => Paint): Promise<void> {
    await this.ready
    if (this.isGone) return
    const { map } = this
    const shown: Level[] = level === 'country' ? ['country'] : ['country', level]
    for (const each of LEVELS) {
      const isShown = shown.includes(each)
      // State lines stay above counties for orientation.
      const hasLines = isShown || (each === 'state' && level === 'county')
      if (isShown || hasLines) this.addLevel(each)
      else if (!map.getSource(each)) continue
      map.setLayoutProperty(`${each}-fill`, 'visibility', isShown ? 'visible' : 'none')
      map.setLayoutProperty(`${each}-line`, 'visibility', hasLines ? 'visible' : 'none')
      if (isShown) this.paintLevel(each, paintOf)
    }
    const abroad: FilterSpecification | null = level === 'country' ? null : ['!', ['get', 'isHome']]
    for (const part of ['fill', 'line']) map.setFilter(`country-${part}`, abroad)
    this.tellIdle(false)
  }

  /** Tells the map only what changed: a selection touches a few pieces out of thousands. */
  private paintLevel(level: Level, paintOf: (level: Level, place: number) => Paint): void {
    const painted = this.painted[level]
    this.options.atlas[level].ids.forEach((_, place) => {
      const { colour, isFaint } = paintOf(level, place)
      const key = `${colour}${isFaint ? '-' : ''}`
      if (painted[place] === key) return
      painted[place] = key
      this.map.setFeatureState({ source: level, id: place }, { k: colour, faint: isFaint })
    })
  }

  /** Draws the lines between pieces of different groups (territories, owners). */
  async drawBorders(level: Level, groupOf: (level: Level, place: number) => string | null): Promise<void> {
    await this.ready
    if (this.isGone) return
    const shown: Level[] = level === 'country' ? ['country'] : ['country', level]
    const features = shown.map(
      (each): Feature => ({
        type: 'Feature',
        properties: {},
        geometry: this.options.atlas[each].borders((a, b) => groupOf(each, a) !== groupOf(each, b)),
      }),
    )
    ;(this.map.getSource('borders') as GeoJSONSource).setData({ type: 'FeatureCollection', features })
  }

  async drawPoints(points: FeatureCollection<Point>): Promise<void> {
    await this.ready
    if (!this.isGone) (this.map.getSource('points') as GeoJSONSource).setData(points)
  }

  /** Takes on the light or the dark look; the colours of the data stay. */
  async setDark(isDark: boolean): Promise<void> {
    await this.ready
    if (this.isGone) return
    this.look = isDark ? DARK : LIGHT
    this.map.setPaintProperty('water', 'background-color', this.look.water)
    const layers = [...LEVELS.flatMap((level) => unitLayers(level, this.look)), borderLayer(this.look), ...pointLayers(this.look, this.options.isEachPoint)]
    for (const layer of layers) {
      if (!this.map.getLayer(layer.id)) continue
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        this.map.setPaintProperty(layer.id, name as Parameters<GlMap['setPaintProperty']>[1], value)
      }
    }
  }

  fitBox(box: Box, room = { top: 48, right: 48, bottom: 48, left: 48 }): void {
    this.map.fitBounds([box[0], box[1], box[2], box[3]], { padding: room, maxZoom: 7, duration: this.motion() })
  }

  /** Brings pieces of the atlas into view. */
  fitUnits(units: readonly { level: Level; place: number }[], room?: { top: number; right: number; bottom: number; left: number }): void {
    const box = boxOf(units.map(({ level, place }) => this.options.atlas[level].shapes.features[place]!))
    if (box) this.fitBox(box, room)
  }

  flyTo(lon: number, lat: number, zoom: number): void {
    this.fly({ center: [lon, lat], zoom: Math.max(zoom, this.map.getZoom()) })
  }

  resize(): void {
    this.map.resize()
  }

  destroy(): void {
    this.isGone = true
    this.map.remove()
    delete window.__mapIdle
    delete window.__mapPoint
  }
}
