// Which colour does a territory, an amount or a deviation get? One place, so that map, tree, table and chart agree.

/** Ten hues that stay apart for normal, red-blind, green-blind and blue-blind eyes (least distance tested). */
export const TERRITORY_HUES: readonly string[] = [
  '#0b5fac', '#fcc275', '#62bcb4', '#983e71', '#b6c69a', '#d37853', '#accffd', '#616200', '#8f85bb', '#a6756f',
]

/** What no territory claims. */
export const NO_HUE = { light: '#d5d9de', dark: '#39414d' } as const

/** Amounts, low to high: even steps of lightness, readable without colour vision. */
export const SEQUENTIAL: readonly string[] = [
  '#fbe8a2', '#e6d078', '#c5b56c', '#a39d74', '#838679', '#656f78', '#465874', '#1f4170', '#0c2a5c',
]

/** Deviations, below to above, neutral in the middle. */
export const DIVERGING: readonly string[] = [
  '#1f5f9e', '#5b93c7', '#a5c6e2', '#d9dde1', '#f1c795', '#dc9440', '#b25c0a',
]

export type Rgb = readonly [number, number, number]

export function readHex(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb
}

export function writeHex(rgb: Rgb): string {
  return '#' + rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')
}

/** The colour at `share` (0 to 1, clamped) of a scale, mixed between its two nearest stops. */
export function colourAt(scale: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1)
  const low = Math.min(Math.floor(place), scale.length - 2)
  const from = readHex(scale[low]!)
  const to = readHex(scale[low + 1]!)
  return writeHex(from.map((part, i) => part + (to[i]! - part) * (place - low)) as unknown as Rgb)
}

/** A deviation (0.1 = 10 % above) on the diverging scale: neutral within the tolerance, full colour at `extreme`. */
export function colourOfDeviation(deviation: number, tolerance: number, extreme: number): string {
  const size = Math.abs(deviation)
  if (size <= tolerance) return DIVERGING[3]!
  const share = Math.min(1, (size - tolerance) / Math.max(extreme - tolerance, 1e-9))
  return colourAt(DIVERGING, 0.5 + Math.sign(deviation) * (0.12 + 0.38 * share))
}

function luminanceOf(hex: string): number {
  const [r, g, b] = readHex(hex).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG contrast between two colours, 1 to 21. */
export function contrastBetween(a: string, b: string): number {
  const [high, low] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** The ink that reads best on a fill. */
export function inkOn(fill: string): string {
  return contrastBetween(fill, '#ffffff') >= contrastBetween(fill, '#101318') ? '#ffffff' : '#101318'
}

/** The hue of a territory by its colour index, the same in map, tree, table and chart. */
export function hueOf(colourIndex: number): string {
  const count = TERRITORY_HUES.length
  return TERRITORY_HUES[((colourIndex % count) + count) % count]!
}
