// How evenly is the work shared? Each territory's load before and after, and how far it is from its share.
import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { BeforeAfter, DeviationBar } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { Swatch } from '@/kit/StatusBadge'
import { formatCount, formatDelta, formatShort } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import { sayShare, type DesignedTerritory, type Scenario } from './types'

const FEW = 25

type LoadTableProps = { readonly scenario: Scenario; readonly colours: readonly string[] }

export function LoadTable({ scenario, colours }: LoadTableProps) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? scenario.territories : scenario.territories.slice(0, FEW)
  const extreme = Math.max(
    0.2,
    ...scenario.territories.flatMap((row) => Object.values(row.measures).map((load) => Math.abs(load.deviation ?? 0))),
  )
  return (
    <Section title={t('Balance by territory')}>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('Balance by territory, table')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('Territory')}</th>
              <th scope="col" className={classes.end}>
                {t('Capacity')}
              </th>
              {scenario.measures.map((measure) => (
                <th key={measure.name} scope="col" colSpan={2}>
                  {t('{measure}, ±{tolerance} asked', { measure: measure.label, tolerance: sayShare(measure.tolerance) })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <Territory key={row.code} row={row} colour={colours[at]!} measures={scenario.measures} extreme={extreme} />
            ))}
          </tbody>
        </table>
      </div>
      {scenario.territories.length > FEW && (
        <UnstyledButton className={classes.choice} onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
          {isWhole ? t('Show fewer') : t('Show all {n} territories', { n: scenario.territories.length })}
        </UnstyledButton>
      )}
    </Section>
  )
}

type TerritoryProps = {
  readonly row: DesignedTerritory
  readonly colour: string
  readonly measures: Scenario['measures']
  readonly extreme: number
}

function Territory({ row, colour, measures, extreme }: TerritoryProps) {
  return (
    <tr>
      <th scope="row">
        <Swatch colour={colour} /> {row.name}
        {row.is_new && <span className="soft"> {t('(new)')}</span>}
        {row.rep && <div className="soft small">{row.rep}</div>}
      </th>
      <td className={classes.end} title={row.capacity_note || undefined}>
        {row.capacity}
      </td>
      {measures.map((measure) => {
        const load = row.measures[measure.name]!
        return <Load key={measure.name} load={load} measure={measure} extreme={extreme} name={row.name} />
      })}
    </tr>
  )
}

type LoadProps = {
  readonly load: DesignedTerritory['measures'][string]
  readonly measure: Scenario['measures'][number]
  readonly extreme: number
  readonly name: string
}

function Load({ load, measure, extreme, name }: LoadProps) {
  if (load.load === null || load.deviation === null) return <td colSpan={2}>–</td>
  const say = (value: number) => (measure.name === 'count' ? formatCount(value) : formatShort(value))
  const off = `${load.deviation >= 0 ? '+' : '−'}${sayShare(Math.abs(load.deviation))}`
  return (
    <>
      <td>
        <BeforeAfter before={say(load.before)} after={say(load.load)} difference={formatDelta(load.load - load.before, say)} />
      </td>
      <td>
        <span className={classes.bar}>
          <DeviationBar
            deviation={load.deviation}
            tolerance={measure.tolerance + 1e-9}
            extreme={extreme}
            label={t('{name}, {measure}: {off} from its share', { name, measure: measure.label, off })}
          />
          <span className="figures small">{off}</span>
        </span>
      </td>
    </>
  )
}
