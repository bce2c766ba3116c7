// How does the map look before anything is drawn on it? Water, land, thin lines; the data stands out, the base recedes.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'

export type Look = {
  readonly water: string
  readonly land: string
  readonly thin: string
  readonly border: string
  readonly ink: string
  readonly halo: string
  readonly pin: string
  readonly pinInk: string
  readonly fill: number
}

export const LIGHT: Look = {
  water: '#e9edf1', land: '#f7f7f5', thin: '#ffffff', border: '#ffffff', ink: '#26303d', halo: '#ffffff',
  pin: '#26303d', pinInk: '#ffffff', fill: 0.62,
}

export const DARK: Look = {
  water: '#0e1116', land: '#1e232b', thin: '#0e1116', border: '#0e1116', ink: '#e3e8ef', halo: '#12151a',
  pin: '#e9edf3', pinInk: '#161a20', fill: 0.6,
}

/** No glyphs and no sprites: text is drawn from the page's own font, nothing is fetched from anywhere. */
export function emptyStyle(look: Look): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{ id: 'water', type: 'background', paint: { 'background-color': look.water } }],
  }
}

export const FONT = ['Inter Variable', 'system-ui', 'sans-serif']

/** Each level is one source with a fill, hair lines and, above all of them, territory borders. */
export function unitLayers(level: string, look: Look): LayerSpecification[] {
  return [
    {
      id: `${level}-fill`,
      type: 'fill',
      source: level,
      paint: {
        'fill-color': ['to-color', ['feature-state', 'k'], look.land],
        'fill-opacity': [
          'case',
          ['==', ['feature-state', 'k'], null], 1,
          ['boolean', ['feature-state', 'faint'], false], 0.26,
          ['boolean', ['feature-state', 'hover'], false], 0.85,
          look.fill,
        ],
        'fill-antialias': false,
      },
    },
    {
      id: `${level}-line`,
      type: 'line',
      source: level,
      ...(level === 'county' ? { minzoom: 4.5 } : {}),
      paint: { 'line-color': look.thin, 'line-width': level === 'country' ? 0.8 : 0.5, 'line-opacity': level === 'country' ? 0.9 : 0.5 },
    },
  ]
}

export function borderLayer(look: Look): LayerSpecification {
  return {
    id: 'borders',
    type: 'line',
    source: 'borders',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': look.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.8, 7, 2.4] },
  }
}

/** `isEach`: every account is a point of its own, coloured, without the ring that would darken a crowd. */
export function pointLayers(look: Look, isEach = false): LayerSpecification[] {
  return [
    {
      id: 'clusters',
      type: 'circle',
      source: 'points',
      filter: ['has', 'point_count'],
      paint: {
        'circle-color': look.pin,
        'circle-opacity': 0.86,
        'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'point_count']], 1, 8, 40, 22, 120, 34],
      },
    },
    {
      id: 'cluster-counts',
      type: 'symbol',
      source: 'points',
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': FONT,
        'text-size': 11,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': look.pinInk },
    },
    {
      id: 'pins',
      type: 'circle',
      source: 'points',
      filter: ['!', ['has', 'point_count']],
      paint: {
        'circle-color': ['to-color', ['get', 'k'], look.pin],
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 3, 3, 9, 6],
        'circle-stroke-color': look.pin,
        'circle-stroke-width': isEach ? 0.3 : 1.25,
      },
    },
  ]
}
