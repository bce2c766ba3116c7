// What was asked of this territory, and what happened to it? Quotas and history, for reading.
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { EmptyState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { Timeline } from '@/kit/Timeline'
import { formatDate, formatMoment, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Territories.module.css'
import type { TerritoryDetail } from './types'

export function QuotasTab({ territory }: { readonly territory: TerritoryDetail }) {
  const { organisation, today } = useSession()
  if (territory.quotas.length === 0) {
    return <EmptyState title={t('No quota yet')} next={t('Quotas are imported with a territory or a rep and a period.')} />
  }
  return (
    <Section title={t('Quotas by period')}>
      <table className={classes.plainTable}>
        <thead>
          <tr>
            <th scope="col">{t('Period')}</th>
            <th scope="col" className={classes.end}>{t('Quota')}</th>
          </tr>
        </thead>
        <tbody>
          {territory.quotas.map((quota) => (
            <tr key={`${quota.starts_on} ${quota.ends_on}`}>
              <th scope="row">
                {formatDate(quota.starts_on)} – {formatDate(quota.ends_on)}
                {quota.starts_on <= today && today <= quota.ends_on && <span className="soft"> · {t('now')}</span>}
              </th>
              <td className={classes.end}>{formatMoney(quota.amount_minor, organisation.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

export function HistoryTab({ territory }: { readonly territory: TerritoryDetail }) {
  const { organisation } = useSession()
  if (territory.history.length === 0) {
    return <EmptyState title={t('No history yet')} next={t('Realignments that touch this territory are told here.')} />
  }
  return (
    <Section title={t('History')}>
      <Timeline
        label={t('History of {name}', { name: territory.name })}
        items={territory.history.map((entry, place) => ({
          id: String(place),
          at: entry.at,
          when: formatMoment(entry.at, new Date(), organisation.time_zone),
          title: entry.sentence,
          aside: entry.realignment_id !== null && <Link href={`/realignments/${entry.realignment_id}`}>{t('Open')}</Link>,
        }))}
      />
    </Section>
  )
}
