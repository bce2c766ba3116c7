// Do the colours stay apart for every eye, and is text readable on them?
import { expect, test } from 'vitest'
import css from '../shell/tokens.css?raw'
import { colourAt, colourOfDeviation, contrastBetween, DIVERGING, hueOf, inkOn, readHex, SEQUENTIAL, TERRITORY_HUES, type Rgb } from './palette'

type Matrix = readonly (readonly [number, number, number])[]

// Machado, Oliveira and Fernandes 2009, full severity, on linear light.
const EYES: Readonly<Record<string, Matrix>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  'red-blind': [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  'green-blind': [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  'blue-blind': [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}

const apply = (matrix: Matrix, v: Rgb): Rgb => matrix.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Rgb

function labOf(hex: string, eye: Matrix): Rgb {
  const linear = readHex(hex).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)) as unknown as Rgb
  const seen = apply(eye, linear).map((part) => Math.min(1, Math.max(0, part))) as unknown as Rgb
  const xyz = apply([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]], seen)
  const [x, y, z] = [xyz[0] / 0.95047, xyz[1], xyz[2] / 1.08883].map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116)) as unknown as Rgb
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

test.each(Object.entries(EYES))('territory hues stay apart for %s eyes', (_, eye) => {
  const seen = TERRITORY_HUES.map((hue) => labOf(hue, eye))
  const distances = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b)))
  expect(Math.min(...distances)).toBeGreaterThan(20)
})

test.each(Object.entries(EYES))('the sequential scale only darkens, for %s eyes', (_, eye) => {
  const lightness = SEQUENTIAL.map((stop) => labOf(stop, eye)[0])
  expect([...lightness].sort((a, b) => b - a)).toEqual(lightness)
})

test('scales are read between and beyond their stops', () => {
  expect(colourAt(['#000000', '#ffffff'], 0.5)).toBe('#808080')
  expect(colourAt(SEQUENTIAL, 7)).toBe(SEQUENTIAL.at(-1))
  expect(hueOf(13)).toBe(TERRITORY_HUES[3])
})

test('deviation is neutral within tolerance, blue below, orange above', () => {
  expect(colourOfDeviation(0.1, 0.15, 0.75)).toBe(DIVERGING[3])
  expect(colourOfDeviation(-2, 0.15, 0.75)).toBe(DIVERGING[0])
  expect(colourOfDeviation(2, 0.15, 0.75)).toBe(DIVERGING.at(-1))
})

test('ink on a hue is readable', () => {
  for (const hue of TERRITORY_HUES) expect(contrastBetween(hue, inkOn(hue))).toBeGreaterThan(4.5)
})

function readTokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1]!, match[2]!]))
}

test.each(['light', 'dark'])('text tokens are readable on their grounds: %s', (scheme) => {
  const [lightBlock = '', darkBlock = ''] = [...css.matchAll(/:root[^{]*\{([^}]*)\}/g)].map((match) => match[1]!)
  const tokens = new Map([...readTokens(lightBlock), ...(scheme === 'dark' ? readTokens(darkBlock) : [])])
  const pairs = [
    ...['ink', 'ink-soft', 'accent-ink'].flatMap((ink) => ['ground', 'surface', 'sunken'].map((ground) => [ink, ground])),
    ...['accent-ink/accent-soft', 'ok/ok-soft', 'warn/warn-soft', 'stop/stop-soft', 'stop/surface'].map((pair) => pair.split('/')),
  ]
  for (const [ink, ground] of pairs) {
    expect(contrastBetween(tokens.get(ink!)!, tokens.get(ground!)!), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  }
})
