// What does the chart's axis tell, and where do its marks stand? Round steps around the values, never of zero width.
import type { ScenarioRow } from './types'

export type Axis = 'moved_share' | 'rms_km'

export type Scale = { readonly low: number; readonly high: number; readonly ticks: readonly number[] }

const STEPS = [1, 2, 2.5, 5, 10]

/** About `count` round marks that enclose the values; a single value gets room on both sides. */
export function placeTicks(values: readonly number[], count = 5): Scale {
  const least = Math.min(...values, Infinity)
  const most = Math.max(...values, -Infinity)
  if (!Number.isFinite(least)) return { low: 0, high: 1, ticks: [0, 1] }
  const room = most - least || Math.abs(most) || 1
  const rough = room / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.find((each) => each * power >= rough) ?? 10) * power
  const low = Math.floor(least / step) * step
  const marks = Math.max(1, Math.ceil((most - low) / step - 1e-9))
  const ticks = Array.from({ length: marks + 1 }, (_, at) => Number((low + at * step).toPrecision(12)))
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks }
}

const TELLING = 0.01 // of the activity: scenarios whose moves differ by less lie on one line

/** Moves against balance, unless all scenarios move about as much: a budget that binds, or nothing owned yet. */
export function chooseAxis(scenarios: readonly Pick<ScenarioRow, 'moved_share'>[]): Axis {
  const moves = scenarios.flatMap((row) => (row.moved_share === null ? [] : [row.moved_share]))
  return Math.max(...moves, -Infinity) - Math.min(...moves, Infinity) >= TELLING ? 'moved_share' : 'rms_km'
}
