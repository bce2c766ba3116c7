// Who owns this account, and why? Its facts, its decision, its past, and what hangs on it.
import { Button, Skeleton, Tabs } from '@mantine/core'
import { IconArrowsRightLeft, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useParams } from 'wouter'
import { useMay, useSession } from '@/api/session'
import { Figure, Figures } from '@/kit/Figure'
import { ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { AccountLayers } from '../layers/AccountLayers'
import { AccountFacts } from './AccountFacts'
import { ActivitiesTab, DealsTab } from './BusinessTabs'
import classes from './Accounts.module.css'
import { FamilyTab } from './FamilyTab'
import { accountsHref } from './filters'
import { MoveAccountsDialog } from './MoveAccounts'
import { OwnershipTimeline } from './OwnershipTimeline'
import { useAccount } from './reading'
import type { AccountDetail } from './types'
import { Waits } from './Waits'
import { WhyPanel } from './WhyPanel'

const TABS = ['why', 'timeline', 'deals', 'activities', 'family'] as const

export default function AccountPage() {
  const id = Number(useParams<{ id: string }>().id)
  const account = useAccount(id)
  const mayEdit = useMay('edit_accounts')
  const mayPropose = useMay('propose')
  const [move, setMove] = useState<{ readonly territory?: string } | null>(null)
  const { data } = account
  if (account.error) {
    return (
      <Page>
        <PageHeader title={t('Account')} trail={[{ label: t('Accounts'), href: '/accounts' }]} />
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      </Page>
    )
  }
  if (!data) {
    return (
      <Page>
        <div role="status" aria-label={t('Loading the account…')}>
          <Skeleton height={32} width={320} mb={24} />
          <Skeleton height={72} mb={24} />
          <Skeleton height={320} />
        </div>
      </Page>
    )
  }
  return (
    <Page>
      <PageHeader
        title={data.name}
        trail={[
          { label: t('Accounts'), href: '/accounts' },
          ...(data.parent ? [{ label: data.parent.name, href: `/accounts/${data.parent.id}` }] : []),
        ]}
        badge={<Badges account={data} />}
        about={[data.external_id, [data.city, data.state, data.country].filter(Boolean).join(', ')].filter(Boolean).join(' · ')}
        actions={
          <>
            {mayPropose && !data.ended_at && (
              <Button variant="default" leftSection={<IconArrowsRightLeft size={16} aria-hidden="true" />} onClick={() => setMove({})}>
                {t('Propose moving…')}
              </Button>
            )}
            {mayEdit && (
              <Button component={Link} href={`/accounts/${id}/edit`} leftSection={<IconPencil size={16} aria-hidden="true" />}>
                {t('Edit')}
              </Button>
            )}
          </>
        }
      />
      <Waits account={data} />
      {data.misplaced && data.waits.length === 0 && (
        <div className={classes.notice} role="note">
          <p>
            <strong>{t('This account is misplaced.')}</strong> {data.misplaced.reason}
          </p>
          {mayPropose &&
            data.misplaced.belongs_to.slice(0, 3).map((place) => (
              <Button key={place.code} size="compact-sm" variant="default" onClick={() => setMove({ territory: place.code })}>
                {t('Propose moving it to {name}…', { name: place.name })}
              </Button>
            ))}
        </div>
      )}
      <AccountBody account={data} />
      {move && <MoveAccountsDialog accounts={[data]} territory={move.territory} onClose={() => setMove(null)} />}
    </Page>
  )
}

function Badges({ account }: { readonly account: AccountDetail }) {
  return (
    <>
      {account.ended_at && <StatusBadge>{t('ended')}</StatusBadge>}
      {!account.territory && <StatusBadge tone="warn">{t('unassigned')}</StatusBadge>}
      {account.misplaced && <StatusBadge tone="warn">{t('misplaced')}</StatusBadge>}
      {account.tie && <StatusBadge tone="accent">{t('tie')}</StatusBadge>}
    </>
  )
}

function AccountBody({ account }: { readonly account: AccountDetail }) {
  const { currency } = useSession().organisation
  const [view, change] = useView()
  const tab = TABS.find((one) => one === view.get('tab')) ?? 'why'
  const primary = account.assignments[0]
  return (
    <>
      <Figures>
        <Figure
          label={t('Owner')}
          value={account.owner.name}
          beside={primary?.rep?.is_interim ? t('interim') : t('all accounts of this owner')}
          href={accountsHref({ owner: String(account.owner.id) })}
        />
        <Figure
          label={t('Territory')}
          value={account.territory?.name ?? t('none')}
          beside={account.territory?.code}
          href={account.territory ? `/territories/${encodeURIComponent(account.territory.code)}` : undefined}
        />
        <Figure
          label={t('Open pipeline')}
          value={formatMoney(account.pipeline_minor, currency, 'short')}
          beside={t('{n, plural, one {# open deal} other {# open deals}}', { n: account.open_deals })}
          href={`/accounts/${account.id}?tab=deals`}
        />
        <Figure
          label={t('Annual revenue')}
          value={account.annual_revenue_minor === null ? '–' : formatMoney(account.annual_revenue_minor, currency, 'short')}
          beside={account.employees === null ? undefined : t('{n} employees', { n: formatCount(account.employees) })}
        />
      </Figures>
      <div className={classes.columns}>
        <Tabs value={tab} onChange={(next) => change({ tab: next === 'why' ? null : next })} keepMounted={false}>
          <Tabs.List aria-label={t('Parts of the account')} mb="md" className={classes.tabs}>
            <Tabs.Tab value="why">{t('Why')}</Tabs.Tab>
            <Tabs.Tab value="timeline">{t('Ownership')}</Tabs.Tab>
            <Tabs.Tab value="deals">{t('Deals')}</Tabs.Tab>
            <Tabs.Tab value="activities">{t('Activities')}</Tabs.Tab>
            <Tabs.Tab value="family">
              {t('Sites and family')}
              {account.offices.length > 0 && <span className="soft"> {formatCount(account.offices.length)}</span>}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="why"><WhyPanel account={account} /></Tabs.Panel>
          <Tabs.Panel value="timeline"><OwnershipTimeline account={account} /></Tabs.Panel>
          <Tabs.Panel value="deals"><DealsTab id={account.id} /></Tabs.Panel>
          <Tabs.Panel value="activities"><ActivitiesTab id={account.id} /></Tabs.Panel>
          <Tabs.Panel value="family"><FamilyTab account={account} /></Tabs.Panel>
        </Tabs>
        <div className={classes.aside}>
          <AccountLayers account={account} />
          <AccountFacts account={account} />
        </div>
      </div>
    </>
  )
}
