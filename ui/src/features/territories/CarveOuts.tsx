// What does this territory take from others, and what do they take from it? Programmes show here what they cost.
import { Button, Skeleton } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { formatCount, formatMoney, formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import { accountsHref } from '../accounts/filters'
import type { ChosenPlan } from './plans'
import { useCarveOuts } from './reading'
import { describeWays } from './ways'
import classes from './Territories.module.css'
import type { CarveOuts, CarveShare, TakenShare, TerritoryDetail } from './types'

/** So many territories are shown at first, the largest. */
const FIRST = 40

type CarveOutsTabProps = { readonly territory: TerritoryDetail; readonly chosen: ChosenPlan }

export function CarveOutsTab({ territory, chosen }: CarveOutsTabProps) {
  const carved = useCarveOuts(territory.code, chosen.param)
  if (carved.error) return <ErrorState error={carved.error} onRetry={() => void carved.refetch()} />
  if (!carved.data) {
    return (
      <div role="status" aria-label={t('Deciding the accounts without this territory…')}>
        <Skeleton height={180} mb={24} />
        <Skeleton height={120} />
      </div>
    )
  }
  if (carved.data.held.accounts === 0 && carved.data.lost.length === 0) {
    return (
      <EmptyState
        title={t('Nothing is carved out')}
        next={t('The territory holds no account in your sight, and no other territory holds one that would be its own.')}
      />
    )
  }
  const parts = { territory, chosen, carved: carved.data }
  return (
    <div className={classes.stack}>
      <Taken {...parts} />
      <Lost {...parts} />
    </div>
  )
}

type PartProps = CarveOutsTabProps & { readonly carved: CarveOuts }

function Taken({ territory, chosen, carved }: PartProps) {
  const { taken, waiting } = carved
  const { currency } = useSession().organisation
  const sum = sumUp(taken.filter((share) => share.territory !== null))
  const listOf = (share: TakenShare) =>
    accountsHref({
      territory: territory.code,
      ...(share.territory === null ? { list: 'sole' } : { base: share.territory, base_own: share.is_branch ? '' : '1' }),
    })
  return (
    <Section
      title={t('Taken from others')}
      aside={
        carved.is_live && sum.accounts > 0 && (
          <Link href={accountsHref({ territory: territory.code, list: 'carved_out' })}>{t('List the accounts')}</Link>
        )
      }
    >
      <p>
        {sum.accounts === 0
          ? t('If {name} claimed nothing, no other territory would have its accounts.', { name: territory.name })
          : t('If {name} claimed nothing, {n, plural, one {# account} other {# accounts}} with {pipeline} of open pipeline would belong to others.', {
              name: territory.name,
              n: sum.accounts,
              pipeline: formatMoney(sum.pipeline_minor, currency, 'short'),
            })}
      </p>
      {waiting.accounts > 0 && (
        <p className="soft">
          {t('{n, plural, one {# more account waits} other {# more accounts wait}} to leave: by the plan it has no claim to them any more. They are not counted here.', { n: waiting.accounts })}
        </p>
      )}
      {taken.length > 0 && (
        <ShareTable
          caption={t('Who would have the accounts')}
          first={t('Base territory')}
          shares={taken}
          chosen={chosen}
          hrefOf={carved.is_live ? listOf : undefined}
          extras={[t('Of its accounts'), t('Of its revenue'), t('Quota at stake')]}
          extrasOf={({ base, ...share }) => base ? weighLoss(share, base, currency) : ['–', '–', '–']}
        />
      )}
    </Section>
  )
}

function Lost({ territory, chosen, carved }: PartProps) {
  const { lost } = carved
  const { currency } = useSession().organisation
  const sum = sumUp(lost)
  const { totals } = territory
  const [share, ofRevenue, quota] = weighLoss(sum, totals, currency)
  const listOf = (share: CarveShare) =>
    accountsHref({ territory: share.territory ?? '', own: share.is_branch ? '' : '1', base: territory.code })
  return (
    <Section title={t('Lost to others')}>
      <p>
        {sum.accounts === 0
          ? t('No other territory holds an account that would otherwise belong to {name}.', { name: territory.name })
          : t('Others hold {n, plural, one {# account} other {# accounts}} with {pipeline} of open pipeline that would otherwise belong to {name}: {share} of the accounts and {ofRevenue} of the revenue it would have.', {
              name: territory.name,
              n: sum.accounts,
              pipeline: formatMoney(sum.pipeline_minor, currency, 'short'),
              share,
              ofRevenue,
            })}{' '}
        {sum.accounts > 0 && totals.quota_minor > 0 &&
          t('By revenue, that stands for {part} of its quota of {quota}.', { part: quota, quota: formatMoney(totals.quota_minor, currency, 'short') })}
      </p>
      {lost.length > 0 && (
        <ShareTable
          caption={t('Who holds the accounts')}
          first={t('Held by')}
          shares={lost}
          chosen={chosen}
          hrefOf={carved.is_live ? listOf : undefined}
          extras={[t('Of all accounts'), t('Of revenue'), t('Quota at stake')]}
          extrasOf={(part) => weighShare(part, sum, totals, currency)}
        />
      )}
    </Section>
  )
}

type ShareTableProps<Share extends CarveShare> = {
  readonly caption: string
  readonly first: string
  readonly shares: readonly Share[]
  readonly chosen: ChosenPlan
  /** The list of the accounts; there is none for a draft, whose accounts stand elsewhere today. */
  readonly hrefOf: ((share: Share) => string) | undefined
  readonly extras: readonly string[]
  readonly extrasOf: (share: Share) => readonly ReactNode[]
}

function ShareTable<Share extends CarveShare>({ caption, first, shares, chosen, hrefOf, extras, extrasOf }: ShareTableProps<Share>) {
  const { currency } = useSession().organisation
  const [isWhole, setIsWhole] = useState(shares.length <= FIRST)
  const heads = [t('Accounts'), t('Revenue'), t('Open deals'), t('Open pipeline'), ...extras]
  return (
    <div className={classes.scrollX} tabIndex={0} role="region" aria-label={caption}>
      <table className={`${classes.plainTable} ${classes.shares}`}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {heads.map((head) => <th key={head} scope="col" className={classes.end}>{head}</th>)}
            <th scope="col">{t('Held because of')}</th>
          </tr>
        </thead>
        <tbody>
          {(isWhole ? shares : shares.slice(0, FIRST)).map((share) => (
            <tr key={share.territory ?? ''}>
              <th scope="row"><Party share={share} chosen={chosen} /></th>
              <td className={classes.end}>
                {hrefOf ? <Link href={hrefOf(share)}>{formatCount(share.accounts)}</Link> : formatCount(share.accounts)}
              </td>
              <td className={classes.end}>{formatMoney(share.revenue_minor, currency, 'short')}</td>
              <td className={classes.end}>{formatCount(share.open_deals)}</td>
              <td className={classes.end}>{formatMoney(share.pipeline_minor, currency, 'short')}</td>
              {extrasOf(share).map((cell, place) => <td key={extras[place]} className={classes.end}>{cell}</td>)}
              <td>{describeWays(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!isWhole && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setIsWhole(true)}>
          {t('Show all {n}', { n: formatCount(shares.length) })}
        </Button>
      )}
    </div>
  )
}

function Party({ share, chosen }: { readonly share: CarveShare; readonly chosen: ChosenPlan }) {
  if (share.territory === null) return t('nobody: no other territory claims them')
  return <Link href={chosen.link(`/territories/${encodeURIComponent(share.territory)}`, { tab: 'carve-outs' })}>{share.name}</Link>
}

type Weight = { readonly accounts: number; readonly revenue_minor: number }
type Book = Weight & { readonly quota_minor: number }

/** What a share is of the book that would hold it: of accounts, of revenue, and of the quota by revenue. */
function weighShare(share: Weight, lost: Weight, book: Book, currency: string): readonly [string, string, string] {
  const revenue = lost.revenue_minor + book.revenue_minor
  const ofRevenue = revenue > 0 ? share.revenue_minor / revenue : 0
  return [
    formatShare(share.accounts / (lost.accounts + book.accounts)),
    formatShare(ofRevenue),
    book.quota_minor ? formatMoney(Math.round(book.quota_minor * ofRevenue), currency, 'short') : '–',
  ]
}

const weighLoss = (lost: Weight, book: Book, currency: string) => weighShare(lost, lost, book, currency)

function sumUp(shares: readonly CarveShare[]) {
  const add = (key: 'accounts' | 'revenue_minor' | 'pipeline_minor') => shares.reduce((sum, share) => sum + share[key], 0)
  return { accounts: add('accounts'), revenue_minor: add('revenue_minor'), pipeline_minor: add('pipeline_minor') }
}
