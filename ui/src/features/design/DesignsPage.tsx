// Which designs were made, and how good is each? Cards, the newest first.
import { Button } from '@mantine/core'
import { IconVectorTriangle } from '@tabler/icons-react'
import { Link } from 'wouter'
import { $api, joinPages, KEYSET } from '@/api/client'
import { useMay, useSession } from '@/api/session'
import { EmptyState, ErrorState, Waiting } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import { nameMode, nameState, nameStatus, sayShare, toneOfState, toneOfStatus, type DesignCard } from './types'

const LIVE_MILLISECONDS = 2_000

export default function DesignsPage() {
  const mayDesign = useMay('edit_plans')
  const query = $api.useInfiniteQuery('get', '/api/v1/designs', { params: { query: { limit: 60 } } }, {
    ...KEYSET,
    staleTime: 0,
    refetchInterval: (asked) =>
      asked.state.data?.pages.some((page) => page.items.some(isLive)) ? LIVE_MILLISECONDS : false,
  })
  const { rows, hasMore, onMore, isLoadingMore } = joinPages(query)
  const start = mayDesign && (
    <Button component={Link} href="/plan/design/new">
      {t('Design territories…')}
    </Button>
  )
  return (
    <Page>
      <PageHeader
        title={t('Design')}
        about={t('Balanced, compact territories with few moves, each with a proven bound. Nothing live changes until a design is realigned.')}
        actions={start}
      />
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isLoading && <Waiting />}
      {!query.isLoading && !query.error && rows.length === 0 && (
        <EmptyState
          icon={<IconVectorTriangle size={28} aria-hidden="true" />}
          title={t('No design yet')}
          next={t('Choose whose accounts to share out and what must balance; the diagnosis says how uneven the books are before anything runs.')}
          action={start}
        />
      )}
      <ul className={classes.cards} aria-label={t('Designs')}>
        {rows.map((card) => (
          <Card key={card.id} card={card} />
        ))}
      </ul>
      {hasMore && (
        <Button variant="default" loading={isLoadingMore} onClick={onMore}>
          {t('Show older designs')}
        </Button>
      )}
    </Page>
  )
}

function isLive(card: DesignCard): boolean {
  return card.state === 'queued' || card.state === 'running'
}

function describeCard({ state, job }: DesignCard): string {
  if (state === 'running') return job?.message || nameState(state)
  if (state === 'failed') return typeof job?.error.sentence === 'string' ? job.error.sentence : t('It ended without a result.')
  return state === 'cancelled' ? t('Stopped before it had a result. Nothing was changed.') : t('Waiting for a free worker')
}

function Card({ card }: { readonly card: DesignCard }) {
  const { organisation } = useSession()
  const { best } = card
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <Link href={`/plan/design/${card.id}`} className={classes.cardTitle}>
          {card.name}
        </Link>
        {best ? (
          <StatusBadge tone={toneOfStatus(best.status)}>{nameStatus(best.status)}</StatusBadge>
        ) : (
          <StatusBadge tone={toneOfState(card.state)}>{nameState(card.state)}</StatusBadge>
        )}
      </div>
      <p className="soft small">
        {nameMode(card.mode)} · {t('{n, plural, one {# territory} other {# territories}}', { n: card.territories })}
        {card.accounts > 0 && <> · {t('{n, plural, one {# account} other {# accounts}}', { n: card.accounts })}</>}
        {card.scenario_count > 1 && <> · {t('{n} scenarios', { n: card.scenario_count })}</>}
      </p>
      {best ? (
        <dl className={classes.facts}>
          <Fact label={t('Balance')} value={best.max_deviation === null ? '–' : `±${sayShare(best.max_deviation)}`} />
          <Fact label={t('Moves')} value={sayShare(best.moved_share)} />
          <Fact label={t('Typical distance')} value={best.rms_km === null ? '–' : `${best.rms_km.toFixed(0)} km`} />
          <Fact label={t('Gap')} value={sayShare(best.gap)} />
        </dl>
      ) : (
        <p className="soft">{describeCard(card)}</p>
      )}
      <p className="soft small">
        {card.created_by}, {formatMoment(card.created_at, new Date(), organisation.time_zone)}
        {best?.draft && (
          <>
            {' · '}
            <Link href={`/territories?plan=${best.draft.id}`}>{t('draft “{name}”', { name: best.draft.name })}</Link>
          </>
        )}
      </p>
    </li>
  )
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}
