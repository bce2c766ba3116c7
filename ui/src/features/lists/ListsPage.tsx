// Which lists do the rules of this plan use, which territories name accounts, and what does a draft change of them?
import { Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { $api } from '@/api/client'
import type { components } from '@/api/schema'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader, Section } from '@/kit/Page'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { DraftBar } from '../territories/DraftBar'
import { useChosenPlan, type ChosenPlan } from '../territories/plans'
import classes from '../territories/Territories.module.css'
import { ValueSetsDialog } from '../territories/ValueSetsDialog'

type PlanLists = components['schemas']['PlanLists']
type ListedSet = PlanLists['value_sets'][number]

export default function ListsPage() {
  const chosen = useChosenPlan()
  const [open, setOpen] = useState<string | null>(null)
  const planId = chosen.plan?.id
  const lists = $api.useQuery('get', '/api/v1/plans/{plan_id}/lists', { params: { path: { plan_id: planId ?? 0 } } }, { enabled: planId !== undefined })
  return (
    <Page>
      <PageHeader
        title={t('Lists')}
        trail={[{ label: t('Territories'), href: chosen.link('/territories') }]}
        about={t('Value sets that rules share, and the accounts that territories name or keep out.')}
      />
      <DraftBar chosen={chosen} />
      {lists.error ? (
        <ErrorState error={lists.error} onRetry={() => void lists.refetch()} />
      ) : !lists.data ? (
        <Skeleton height={240} />
      ) : (
        <>
          <SetTable sets={lists.data.value_sets} chosen={chosen} onOpen={setOpen} />
          <AccountTable rows={lists.data.accounts} chosen={chosen} />
        </>
      )}
      {open !== null && planId !== undefined && (
        <ValueSetsDialog planId={planId} isEditable={chosen.isEditable} startWith={open} onClose={() => setOpen(null)} />
      )}
    </Page>
  )
}

type SetTableProps = { readonly sets: readonly ListedSet[]; readonly chosen: ChosenPlan; readonly onOpen: (name: string) => void }

function SetTable({ sets, chosen, onOpen }: SetTableProps) {
  if (sets.length === 0) {
    return <EmptyState title={t('No value sets')} next={t('Add one in a draft: the menu beside the plan holds “Value sets…”.')} />
  }
  return (
    <Section title={t('Value sets')} aside={<span className="soft small figures">{formatCount(sets.length)}</span>}>
      <div className={classes.scrollX}>
        <table className={classes.plainTable}>
          <thead>
            <tr>
              <th scope="col">{t('Set')}</th>
              <th scope="col" className={classes.end}>{t('Values')}</th>
              <th scope="col">{t('Against the live plan')}</th>
              <th scope="col">{t('Used by')}</th>
            </tr>
          </thead>
          <tbody>
            {sets.map((set) => (
              <tr key={set.name}>
                <th scope="row">
                  <button type="button" className={classes.linkButton} onClick={() => onOpen(set.name)}>{set.name}</button>
                </th>
                <td className={classes.end}>{formatCount(set.size)}</td>
                <td>{describeChange(set)}</td>
                <td>
                  {set.territories.length === 0 ? (
                    <span className="soft">{t('no rule')}</span>
                  ) : (
                    set.territories.map((one, place) => (
                      <span key={one.code}>
                        {place > 0 && ', '}
                        <Link href={chosen.link(`/territories/${encodeURIComponent(one.code)}`)}>{one.name}</Link>
                      </span>
                    ))
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function describeChange(set: ListedSet): string {
  if (set.is_removed) return t('removed')
  if (set.added + set.removed === 0) return t('the same')
  return t('{added} added, {removed} removed', { added: formatCount(set.added), removed: formatCount(set.removed) })
}

function AccountTable({ rows, chosen }: { readonly rows: PlanLists['accounts']; readonly chosen: ChosenPlan }) {
  if (rows.length === 0) return null
  return (
    <Section title={t('Accounts named or kept out')}>
      <div className={classes.scrollX}>
        <table className={classes.plainTable}>
          <thead>
            <tr>
              <th scope="col">{t('Territory')}</th>
              <th scope="col" className={classes.end}>{t('Named')}</th>
              <th scope="col" className={classes.end}>{t('Kept out')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.code}>
                <th scope="row">
                  <Link href={chosen.link(`/territories/${encodeURIComponent(row.code)}`, { tab: 'lists' })}>{row.name}</Link>
                </th>
                <td className={classes.end}>{formatCount(row.named)}</td>
                <td className={classes.end}>{formatCount(row.excluded)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
