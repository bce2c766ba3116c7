// What would move, from where to where, and which accounts exactly?
import { Tabs } from '@mantine/core'
import { $api, joinPages, KEYSET } from '@/api/client'
import { useSession } from '@/api/session'
import { CsvExport } from '@/kit/Buttons'
import { DataTable, type Column } from '@/kit/DataTable'
import { ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { formatCount, formatMoney, formatShort } from '@/pure/format'
import { t } from '@/pure/words'
import type { DesignMove, Flow, Scenario } from './types'

type MovesSectionProps = { readonly runId: number; readonly scenario: Scenario }

export function MovesSection({ runId, scenario }: MovesSectionProps) {
  const total = scenario.flows.reduce((sum, flow) => sum + flow.accounts, 0)
  if (total === 0) {
    return (
      <Section title={t('What moves')}>
        <p className="soft">{t('Nothing: every account keeps the territory it has.')}</p>
      </Section>
    )
  }
  const path = `/api/v1/designs/${runId}/scenarios/${scenario.number}/moves.csv`
  return (
    <Section title={t('What moves')} aside={<CsvExport href={path} />}>
      <Tabs defaultValue="flows" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="flows">{t('Between territories ({n})', { n: scenario.flows.length })}</Tabs.Tab>
          <Tabs.Tab value="accounts">{t('Accounts ({n})', { n: total })}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="flows" pt="sm">
          <FlowTable scenario={scenario} />
        </Tabs.Panel>
        <Tabs.Panel value="accounts" pt="sm">
          <AccountTable runId={runId} number={scenario.number} total={total} />
        </Tabs.Panel>
      </Tabs>
    </Section>
  )
}

function FlowTable({ scenario }: { readonly scenario: Scenario }) {
  const nameOf = (place: number) => scenario.territories[place]?.name ?? t('none of these')
  const others = scenario.measures.filter((measure) => measure.name !== 'count')
  const columns: readonly Column<Flow>[] = [
    { key: 'from', header: t('From'), value: (flow) => nameOf(flow.from), width: 200, grow: 2 },
    { key: 'to', header: t('To'), value: (flow) => nameOf(flow.to), width: 200, grow: 2 },
    {
      key: 'accounts',
      header: t('Accounts'),
      value: (flow) => flow.accounts,
      render: (flow) => formatCount(flow.accounts),
      align: 'end',
      width: 100,
      grow: 0,
    },
    ...others.map(
      (measure): Column<Flow> => ({
        key: measure.name,
        header: measure.label,
        value: (flow) => flow.values[measure.name] ?? 0,
        render: (flow) => formatShort(flow.values[measure.name] ?? 0),
        align: 'end',
        width: 130,
        grow: 0,
      }),
    ),
  ]
  return (
    <DataTable
      label={t('Moves between territories')}
      columns={columns}
      rows={scenario.flows}
      rowKey={(flow) => `${flow.from}-${flow.to}`}
      height={360}
    />
  )
}

type AccountTableProps = { readonly runId: number; readonly number: number; readonly total: number }

function AccountTable({ runId, number, total }: AccountTableProps) {
  const { organisation } = useSession()
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/designs/{run_id}/scenarios/{number}/moves',
    { params: { path: { run_id: runId, number }, query: { limit: 200 } } },
    KEYSET,
  )
  const columns: readonly Column<DesignMove>[] = [
    { key: 'name', header: t('Account'), value: (move) => move.name, width: 220, grow: 2, isSortable: false },
    { key: 'city', header: t('City'), value: (move) => [move.city, move.state].filter(Boolean).join(', '), width: 160, isSortable: false },
    { key: 'from', header: t('From'), value: (move) => move.from ?? t('none of these'), width: 150, isSortable: false },
    { key: 'to', header: t('To'), value: (move) => move.to, width: 150, isSortable: false },
    {
      key: 'revenue',
      header: t('Annual revenue'),
      value: (move) => move.annual_revenue_minor,
      render: (move) =>
        move.annual_revenue_minor === null ? '–' : formatMoney(move.annual_revenue_minor, organisation.currency, 'short'),
      align: 'end',
      width: 130,
      grow: 0,
      isSortable: false,
    },
  ]
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <DataTable
      label={t('Accounts that would move')}
      columns={columns}
      {...joinPages(query)}
      total={total}
      rowKey={(move) => String(move.id)}
      rowHref={(move) => `/accounts/${move.id}`}
      height={420}
    />
  )
}
