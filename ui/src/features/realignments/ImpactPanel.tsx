// What does a realignment change, in numbers? For the company, per rep and per territory, before and after.
import { Tabs } from '@mantine/core'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { BeforeAfter, Figure, Figures } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { formatCount, formatDelta, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import type { Impact, Weight } from './types'

type Line = { readonly key: string; readonly name: string; readonly in: Weight; readonly out: Weight; readonly before: Weight; readonly after: Weight }

export function ImpactFigures({ impact }: { readonly impact: Impact }) {
  const { organisation } = useSession()
  const money = (minor: number) => formatMoney(minor, organisation.currency, 'short')
  return (
    <Figures>
      <Figure
        label={t('Accounts that move')}
        value={formatCount(impact.accounts)}
        beside={t('{n, plural, one {# rep} other {# reps}} affected', { n: impact.reps.length })}
      />
      <Figure label={t('Their annual revenue')} value={money(impact.revenue_minor)} />
      <Figure label={t('Open deals on them')} value={formatCount(impact.open_deals)} beside={t('worth {amount}', { amount: money(impact.pipeline_minor) })} />
      <Figure label={t('Activities due')} value={formatCount(impact.activities_due)} />
      <Figure
        label={t('Relationships changed')}
        value={formatCount(impact.relationships)}
        beside={t('accounts their rep has met before')}
      />
    </Figures>
  )
}

export function ImpactTables({ impact }: { readonly impact: Impact }) {
  const reps: Line[] = impact.reps.map((row) => ({ ...row, key: String(row.rep.id), name: row.rep.name }))
  const territories: Line[] = impact.territories.map((row) => ({
    ...row,
    key: row.territory?.code ?? '',
    name: row.territory?.name ?? t('Unassigned queue'),
  }))
  return (
    <Section title={t('Who gains, who gives')}>
      <Tabs defaultValue="reps" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="reps">{t('Reps ({n})', { n: reps.length })}</Tabs.Tab>
          {territories.length > 0 && <Tabs.Tab value="territories">{t('Territories ({n})', { n: territories.length })}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="reps" pt="sm">
          <ImpactTable label={t('Impact per rep')} noun={t('Rep')} lines={reps} />
        </Tabs.Panel>
        <Tabs.Panel value="territories" pt="sm">
          <ImpactTable label={t('Impact per territory')} noun={t('Territory')} lines={territories} />
        </Tabs.Panel>
      </Tabs>
    </Section>
  )
}

type ImpactTableProps = { readonly label: string; readonly noun: string; readonly lines: readonly Line[] }

function ImpactTable({ label, noun, lines }: ImpactTableProps) {
  const { organisation } = useSession()
  const money = (minor: number) => formatMoney(minor, organisation.currency, 'short')
  const change = (key: 'accounts' | 'revenue_minor' | 'pipeline_minor', header: string, format: (value: number) => string): Column<Line> => ({
    key,
    header,
    value: (line) => line.after[key] - line.before[key],
    render: (line) => (
      <BeforeAfter
        before={format(line.before[key])}
        after={format(line.after[key])}
        difference={formatDelta(line.after[key] - line.before[key], format)}
      />
    ),
    align: 'end',
    width: 220,
  })
  const columns: readonly Column<Line>[] = [
    { key: 'name', header: noun, value: (line) => line.name, width: 180, grow: 2 },
    { key: 'in', header: t('In'), value: (line) => line.in.accounts, render: (line) => formatCount(line.in.accounts), align: 'end', width: 64, grow: 0 },
    { key: 'out', header: t('Out'), value: (line) => line.out.accounts, render: (line) => formatCount(line.out.accounts), align: 'end', width: 64, grow: 0 },
    change('accounts', t('Accounts'), formatCount),
    change('revenue_minor', t('Annual revenue'), money),
    change('pipeline_minor', t('Open pipeline'), money),
  ]
  return <DataTable label={label} columns={columns} rows={lines} rowKey={(line) => line.key} height={420} />
}
