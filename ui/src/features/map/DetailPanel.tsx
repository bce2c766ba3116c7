// What is the thing that was clicked? A territory or an account in figures, and the way to its own page.
import { Button, CloseButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { $api } from '@/api/client'
import { useSession } from '@/api/session'
import { DeviationBar } from '@/kit/Figure'
import { ErrorState, Waiting } from '@/kit/Notice'
import { StatusBadge, Swatch } from '@/kit/StatusBadge'
import { formatCount, formatMoney, formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './MapPage.module.css'
import { staffingOf, TOLERANCE, type LegendRow, type Territory } from './reading'

type FrameProps = { readonly title: ReactNode; readonly label: string; readonly onClose: () => void; readonly children: ReactNode }

function PanelFrame({ title, label, onClose, children }: FrameProps) {
  return (
    <aside className={classes.detail} aria-label={label}>
      <div className={classes.detailHead}>
        <h2 className={classes.named}>{title}</h2>
        <CloseButton size="sm" aria-label={t('Close the panel')} onClick={onClose} />
      </div>
      {children}
    </aside>
  )
}

function Line({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.line}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export type TerritoryPanelProps = {
  readonly territory: Territory
  readonly row: LegendRow | undefined
  readonly trail: readonly Territory[]
  readonly onFit: (() => void) | null
  readonly onClose: () => void
}

export function TerritoryPanel({ territory, row, trail, onFit, onClose }: TerritoryPanelProps) {
  const { currency } = useSession().organisation
  const { totals } = territory
  const staffing = staffingOf(territory)
  const code = encodeURIComponent(territory.code)
  const share = row?.deviation ?? null
  return (
    <PanelFrame
      label={territory.name}
      onClose={onClose}
      title={
        <>
          {row && <Swatch colour={row.colour} />}
          {territory.name}
        </>
      }
    >
      <p className="soft small">{[...trail.map((parent) => parent.name), territory.code].join(' › ')}</p>
      <dl className={classes.lines}>
        <Line label={t('Owner')}>
          {territory.primary?.name ?? t('nobody')}{' '}
          {staffing !== 'filled' && (
            <StatusBadge tone="warn">{staffing === 'vacant' ? t('vacant') : t('interim')}</StatusBadge>
          )}
        </Line>
        {!territory.is_in_scope && <Line label={t('Figures')}>{t('outside what your role may see')}</Line>}
        {territory.is_in_scope && (
          <>
            <Line label={t('Accounts')}>
              <Link href={`/accounts?descendants=true&territory=${code}`}>{formatCount(totals.accounts)}</Link>
            </Line>
            {share !== null && (
              <Line label={t('Against average')}>
                <span className={classes.deviationLine}>
                  <DeviationBar deviation={share} tolerance={TOLERANCE} label={t('{share} from the average', { share: formatShare(share) })} />
                  <span>{share > 0 ? '+' : ''}{formatShare(share)}</span>
                </span>
              </Line>
            )}
            <Line label={t('Revenue')}>{formatMoney(totals.revenue_minor, currency, 'short')}</Line>
            <Line label={t('Open deals')}>
              {formatCount(totals.open_deals)} · {formatMoney(totals.pipeline_minor, currency, 'short')}
            </Line>
            {totals.quota_minor > 0 && <Line label={t('Quota')}>{formatMoney(totals.quota_minor, currency, 'short')}</Line>}
          </>
        )}
      </dl>
      <div className={classes.buttons}>
        <Button component={Link} href={`/territories/${code}`} size="compact-sm">
          {t('Open the territory')}
        </Button>
        {onFit && (
          <Button variant="default" size="compact-sm" onClick={onFit}>
            {t('Show all of it')}
          </Button>
        )}
      </div>
    </PanelFrame>
  )
}

export function AccountPanel({ id, onClose }: { readonly id: number; readonly onClose: () => void }) {
  const { currency } = useSession().organisation
  const { data: account, error, refetch } = $api.useQuery('get', '/api/v1/accounts/{account_id}', {
    params: { path: { account_id: id } },
  })
  if (!account) {
    return (
      <PanelFrame title={t('Account')} label={t('Account')} onClose={onClose}>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Waiting />}
      </PanelFrame>
    )
  }
  const assignment = account.assignments[0]
  return (
    <PanelFrame title={account.name} label={account.name} onClose={onClose}>
      <p className="soft small">{[account.city, account.state, account.country].filter(Boolean).join(', ')}</p>
      <dl className={classes.lines}>
        <Line label={t('Owner')}>{account.owner.name}</Line>
        <Line label={t('Territory')}>{assignment?.territory?.name ?? t('none')}</Line>
        {account.industry && <Line label={t('Industry')}>{account.industry}</Line>}
        {account.annual_revenue_minor !== null && (
          <Line label={t('Revenue')}>{formatMoney(account.annual_revenue_minor, currency, 'short')}</Line>
        )}
        {account.misplaced && <Line label={t('Misplaced')}>{account.misplaced.reason}</Line>}
      </dl>
      <div className={classes.buttons}>
        <Button component={Link} href={`/accounts/${account.id}`} size="compact-sm">
          {t('Open the account')}
        </Button>
      </div>
    </PanelFrame>
  )
}
