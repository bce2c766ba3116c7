// What is this territory: its rule, its people, its accounts, its place in the tree?
import { Skeleton, Tabs } from '@mantine/core'
import { useMemo } from 'react'
import { Link, useParams } from 'wouter'
import { useSession } from '@/api/session'
import { Figure, Figures } from '@/kit/Figure'
import { ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { StatusBadge, Swatch } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { formatCount, formatMoney, formatShare } from '@/pure/format'
import { hueOf } from '@/pure/palette'
import { t } from '@/pure/words'
import { accountsHref } from '../accounts/filters'
import { CarveOutsTab } from './CarveOuts'
import { DraftBar } from './DraftBar'
import { ListsTab } from './ListsTab'
import { NewTerritoryButton } from './NewTerritory'
import { PeopleTab } from './PeopleTab'
import { useChosenPlan, type ChosenPlan } from './plans'
import { HistoryTab, QuotasTab } from './RecordTabs'
import { useTerritory, useTerritoryTree } from './reading'
import { RulePanel } from './rules/RulePanel'
import { SettingsTab } from './SettingsTab'
import { TerritoryAccounts } from './TerritoryAccounts'
import { indexTerritories, pathTo, type TerritoryIndex } from './tree'
import type { TerritoryDetail } from './types'

const TABS = ['rule', 'people', 'accounts', 'carve-outs', 'lists', 'quotas', 'settings', 'history'] as const
type Tab = (typeof TABS)[number]
const LABELS: Record<Tab, string> = {
  rule: 'Rule', people: 'People', accounts: 'Accounts', 'carve-outs': 'Carve-outs', lists: 'Lists and locks', quotas: 'Quotas', settings: 'Place in the tree', history: 'History',
}

export default function TerritoryPage() {
  const code = decodeURIComponent(useParams<{ code: string }>().code)
  const chosen = useChosenPlan()
  const territory = useTerritory(code, chosen.param)
  const tree = useTerritoryTree(chosen.param)
  const index = useMemo(() => indexTerritories(tree.data?.territories ?? [], null), [tree.data])
  if (territory.error) {
    return (
      <Page>
        <PageHeader title={code} trail={[{ label: t('Territories'), href: chosen.link('/territories') }]} />
        <DraftBar chosen={chosen} />
        <ErrorState error={territory.error} onRetry={() => void territory.refetch()} />
      </Page>
    )
  }
  return (
    <Page>
      <PageHeader
        title={territory.data?.name || code}
        badge={territory.data && <Swatch colour={hueOf(territory.data.colour_index)} />}
        trail={[
          { label: t('Territories'), href: chosen.link('/territories') },
          ...pathTo(index, code)
            .slice(0, -1)
            .map((step) => ({ label: step.name, href: chosen.link(`/territories/${encodeURIComponent(step.code)}`) })),
        ]}
        about={territory.data && <About territory={territory.data} />}
        actions={
          chosen.isEditable && chosen.plan && <NewTerritoryButton planId={chosen.plan.id} tree={tree.data} under={code} />
        }
      />
      <DraftBar chosen={chosen} />
      {territory.data ? (
        <TerritoryBody key={code} territory={territory.data} chosen={chosen} index={index} />
      ) : (
        <div role="status" aria-label={t('Loading the territory…')}>
          <Skeleton height={72} mb={24} />
          <Skeleton height={260} />
        </div>
      )}
    </Page>
  )
}

function About({ territory }: { readonly territory: TerritoryDetail }) {
  const { primary } = territory
  return (
    <>
      {territory.code} · {territory.type && `${territory.type} · `}
      {t('layer {layer}', { layer: territory.layer })} ·{' '}
      {primary ? (
        <Link href={accountsHref({ owner: String(primary.rep_id) })}>{primary.name}</Link>
      ) : (
        t('nobody answers for it')
      )}{' '}
      {territory.is_vacant ? (
        <StatusBadge tone="warn">{t(primary ? 'vacant, interim' : 'vacant')}</StatusBadge>
      ) : (
        primary?.is_interim && <StatusBadge>{t('interim')}</StatusBadge>
      )}
      {territory.description && <p>{territory.description}</p>}
    </>
  )
}

type TerritoryBodyProps = {
  readonly territory: TerritoryDetail
  readonly chosen: ChosenPlan
  readonly index: TerritoryIndex
}

function TerritoryBody({ territory, chosen, index }: TerritoryBodyProps) {
  const { currency } = useSession().organisation
  const [view, change] = useView()
  const tab = TABS.find((one) => one === view.get('tab')) ?? 'rule'
  const { totals } = territory
  const behind = { territory: territory.code }
  const parent = territory.parent ? index.byCode.get(territory.parent) : undefined
  const shareOf = (own: number, whole: number | undefined) =>
    parent && whole ? t('{share} of {parent}', { share: formatShare(own / whole), parent: parent.name }) : undefined
  const counts: Partial<Record<Tab, number>> = {
    people: territory.seats.length,
    accounts: totals.accounts,
    lists: territory.named.length + territory.exclude.length + territory.locks.length,
  }
  return (
    <>
      <Figures>
        <Figure
          label={t('Accounts')}
          value={formatCount(totals.accounts)}
          beside={shareOf(totals.accounts, parent?.totals.accounts)}
          href={accountsHref(behind)}
        />
        <Figure
          label={t('Revenue')}
          value={formatMoney(totals.revenue_minor, currency, 'short')}
          beside={shareOf(totals.revenue_minor, parent?.totals.revenue_minor)}
          href={accountsHref({ ...behind, sort: '-revenue' })}
        />
        <Figure
          label={t('Open pipeline')}
          value={formatMoney(totals.pipeline_minor, currency, 'short')}
          beside={t('{n, plural, one {# open deal} other {# open deals}}', { n: totals.open_deals })}
          href={accountsHref(behind)}
        />
        <Figure
          label={t('Quota')}
          value={totals.quota_minor ? formatMoney(totals.quota_minor, currency, 'short') : '–'}
          beside={
            totals.quota_minor
              ? t('pipeline covers {share}', { share: formatShare(totals.pipeline_minor / totals.quota_minor) })
              : t('none set')
          }
        />
      </Figures>
      <Tabs value={tab} onChange={(next) => change({ tab: next === 'rule' ? null : next })} keepMounted={false}>
        <Tabs.List aria-label={t('Parts of the territory')} mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(LABELS[one])}
              {counts[one] ? <span className="soft"> {formatCount(counts[one])}</span> : null}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rule">
          <RulePanel key={chosen.param} territory={territory} chosen={chosen} />
        </Tabs.Panel>
        <Tabs.Panel value="people"><PeopleTab territory={territory} chosen={chosen} /></Tabs.Panel>
        <Tabs.Panel value="accounts"><TerritoryAccounts code={territory.code} /></Tabs.Panel>
        <Tabs.Panel value="carve-outs"><CarveOutsTab territory={territory} chosen={chosen} /></Tabs.Panel>
        <Tabs.Panel value="lists"><ListsTab territory={territory} chosen={chosen} /></Tabs.Panel>
        <Tabs.Panel value="quotas"><QuotasTab territory={territory} /></Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab key={`${chosen.param} ${chosen.plan?.version}`} territory={territory} chosen={chosen} index={index} />
        </Tabs.Panel>
        <Tabs.Panel value="history"><HistoryTab territory={territory} /></Tabs.Panel>
      </Tabs>
    </>
  )
}
