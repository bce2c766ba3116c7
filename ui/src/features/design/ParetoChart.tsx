// Which scenario is worth a look? Moves against balance, a point each; the table below says the same in figures.
import { SegmentedControl, UnstyledButton } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useState, type KeyboardEvent } from 'react'
import { Section } from '@/kit/Page'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import { chooseAxis, placeTicks, type Axis } from './scale'
import { nameStatus, sayShare, type ScenarioRow } from './types'

type ParetoChartProps = {
  readonly scenarios: readonly ScenarioRow[]
  readonly chosen: number
  readonly onChoose: (number: number) => void
}

const UNMEASURED = 640 // pixels, until the page has laid the chart out
const HEIGHT = { least: 240, most: 380, ofWidth: 0.42 }
const EDGE = { left: 56, right: 28, top: 16, bottom: 44 }
const MARK_EVERY = 90 // pixels
const DOT = { usual: 7, crowded: 5, larger: 2 }
const CROWDED = 60 // points

function sayAxis(axis: Axis, value: number): string {
  return axis === 'rms_km' ? `${value.toFixed(0)} km` : sayShare(value)
}

function describe(row: ScenarioRow): string {
  return t('Scenario {n}: balance ±{balance}, {moves} moves, {km} km, {status}', {
    n: row.number,
    balance: sayShare(row.max_deviation),
    moves: sayShare(row.moved_share),
    km: row.rms_km === null ? '–' : row.rms_km.toFixed(0),
    status: nameStatus(row.status),
  })
}

export function ParetoChart({ scenarios, chosen, onChoose }: ParetoChartProps) {
  const [axis, setAxis] = useState<Axis>(() => chooseAxis(scenarios))
  return (
    <Section
      title={t('Scenarios')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('Compare balance with')}
          value={axis}
          onChange={(value) => setAxis(value as Axis)}
          data={[
            { value: 'moved_share', label: t('Moves') },
            { value: 'rms_km', label: t('Distance') },
          ]}
        />
      }
    >
      <p className="soft">{t('Nearer to the lower left is better. Blue points are worth a look: no other is at least as good in everything. Choose one to see its map.')}</p>
      <Plot scenarios={scenarios} chosen={chosen} onChoose={onChoose} axis={axis} />
      <ScenarioTable scenarios={scenarios} chosen={chosen} onChoose={onChoose} />
    </Section>
  )
}

function Plot({ scenarios, chosen, onChoose, axis }: ParetoChartProps & { readonly axis: Axis }) {
  const size = useElementSize<HTMLDivElement>()
  const width = size.width || UNMEASURED
  const height = Math.round(Math.min(HEIGHT.most, Math.max(HEIGHT.least, width * HEIGHT.ofWidth)))
  const inner = { width: width - EDGE.left - EDGE.right, height: height - EDGE.top - EDGE.bottom }
  const rank = (row: ScenarioRow) => (row.number === chosen ? 2 : row.is_pareto ? 1 : 0) // what matters more lies on top
  const drawn = scenarios.filter((row) => row.max_deviation !== null && row[axis] !== null).sort((a, b) => rank(a) - rank(b))
  const across = placeTicks(drawn.map((row) => row[axis]!), Math.max(2, Math.floor(inner.width / MARK_EVERY)))
  const up = placeTicks(drawn.map((row) => row.max_deviation!))
  const x = (value: number) => EDGE.left + ((value - across.low) / (across.high - across.low)) * inner.width
  const y = (value: number) => height - EDGE.bottom - ((value - up.low) / (up.high - up.low)) * inner.height
  const radius = drawn.length > CROWDED ? DOT.crowded : DOT.usual
  const front = drawn.filter((row) => row.is_pareto).sort((a, b) => a[axis]! - b[axis]!)
  const press = (event: KeyboardEvent, number: number) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onChoose(number)
  }
  return (
    <div ref={size.ref} className={classes.chartRoom}>
      <svg className={classes.chart} width={width} height={height} role="group" aria-label={t('Chart of the scenarios')}>
        {up.ticks.map((tick) => (
          <g key={tick}>
            <line className={classes.grid} x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} />
            <text className={classes.tick} x={EDGE.left - 8} y={y(tick) + 4} textAnchor="end">
              {`±${sayShare(tick)}`}
            </text>
          </g>
        ))}
        {across.ticks.map((tick) => (
          <text key={tick} className={classes.tick} x={x(tick)} y={height - EDGE.bottom + 18} textAnchor="middle">
            {sayAxis(axis, tick)}
          </text>
        ))}
        <line className={classes.axis} x1={EDGE.left} x2={width - EDGE.right} y1={height - EDGE.bottom} y2={height - EDGE.bottom} />
        <text className={classes.tick} x={width - EDGE.right} y={height - 6} textAnchor="end">
          {axis === 'rms_km' ? t('typical distance to the centre →') : t('share of the activity that moves →')}
        </text>
        <polyline className={classes.front} points={front.map((row) => `${x(row[axis]!)},${y(row.max_deviation!)}`).join(' ')} />
        {drawn.map((row) => (
          <circle
            key={row.number}
            className={`${classes.dot} ${row.is_pareto ? classes.worth : ''} ${row.number === chosen ? classes.chosen : ''}`}
            cx={x(row[axis]!)}
            cy={y(row.max_deviation!)}
            r={row.number === chosen ? radius + DOT.larger : radius}
            role="button"
            tabIndex={0}
            aria-pressed={row.number === chosen}
            aria-label={describe(row)}
            onClick={() => onChoose(row.number)}
            onKeyDown={(event) => press(event, row.number)}
          />
        ))}
      </svg>
    </div>
  )
}

function ScenarioTable({ scenarios, chosen, onChoose }: ParetoChartProps) {
  const heads = [t('Tolerance'), t('Move price'), t('State'), t('Balance'), t('Moves'), t('Distance'), t('Gap')]
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('Scenarios, table')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('Scenario')}</th>
            {heads.map((head) => (
              <th key={head} scope="col" className={classes.end}>
                {head}
              </th>
            ))}
            <th scope="col">{t('Worth a look')}</th>
          </tr>
        </thead>
        <tbody>
          {scenarios.map((row) => (
            <tr key={row.number} className={row.number === chosen ? classes.isChosen : undefined}>
              <th scope="row">
                <UnstyledButton
                  className={classes.choice}
                  aria-current={row.number === chosen || undefined}
                  onClick={() => onChoose(row.number)}
                >
                  {t('Scenario {n}', { n: row.number })}
                </UnstyledButton>
              </th>
              <td className={classes.end}>±{sayShare(row.tolerance)}</td>
              <td className={classes.end}>{row.disruption}</td>
              <td className={classes.end}>{nameStatus(row.status)}</td>
              <td className={classes.end}>±{sayShare(row.max_deviation)}</td>
              <td className={classes.end}>{sayShare(row.moved_share)}</td>
              <td className={classes.end}>{row.rms_km === null ? '–' : `${row.rms_km.toFixed(0)} km`}</td>
              <td className={classes.end}>{sayShare(row.gap)}</td>
              <td>{row.is_pareto ? t('yes') : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
