// What is known about this account, and where does it lie?
import { Fragment, lazy, Suspense } from 'react'
import { Skeleton } from '@mantine/core'
import { useSession } from '@/api/session'
import { Section } from '@/kit/Page'
import { formatCount, formatMoney, formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import { useFields } from '../territories/reading'
import classes from './Accounts.module.css'
import { customFields } from './form'
import type { AccountDetail } from './types'

const AccountLocator = lazy(() => import('./AccountLocator'))

const ORIGINS: Record<AccountDetail['position_origin'], string> = {
  given: 'position as given',
  postal_code: 'position from the postal code',
  city: 'position from the city',
  none: 'no position known',
}

function showValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  return typeof value === 'number' ? formatCount(value) : String(value ?? '')
}

export function AccountFacts({ account }: { readonly account: AccountDetail }) {
  const { organisation } = useSession()
  const custom = customFields(useFields('active').data ?? [])
  const facts: readonly (readonly [string, string])[] = [
    [t('Address'), [account.address, account.postal_code, account.city].filter(Boolean).join(', ')],
    [t('State'), account.state],
    [t('Country'), account.country],
    [t('Metro'), account.metro],
    [t('Industry'), account.industry],
    [t('SIC'), account.sic],
    [t('Employees'), account.employees === null ? '' : formatCount(account.employees)],
    [t('Revenue'), account.annual_revenue_minor === null ? '' : formatMoney(account.annual_revenue_minor, organisation.currency)],
    [t('Product lines'), account.product_lines.join(', ')],
    [t('Segment'), account.segment],
    [t('Source'), account.source],
    [t('Status'), account.status],
    ...custom.map((field) => [field.label, showValue(account.custom[field.name])] as const),
    [t('Changed'), formatMoment(account.updated_at, new Date(), organisation.time_zone)],
  ]
  const { latitude, longitude } = account
  return (
    <div className={classes.aside}>
      <Section title={t('Where')}>
        {latitude !== null && longitude !== null && (
          <Suspense fallback={<Skeleton height={240} />}>
            <AccountLocator name={account.name} latitude={latitude} longitude={longitude} />
          </Suspense>
        )}
        <p className="soft small figures">
          {latitude !== null && longitude !== null && `${latitude.toFixed(4)}, ${longitude.toFixed(4)} · `}
          {t(ORIGINS[account.position_origin])}
        </p>
      </Section>
      <Section title={t('Facts')}>
        <dl className={classes.facts}>
          {facts
            .filter(([, value]) => value)
            .map(([label, value]) => (
              <Fragment key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </Fragment>
            ))}
        </dl>
      </Section>
    </div>
  )
}
