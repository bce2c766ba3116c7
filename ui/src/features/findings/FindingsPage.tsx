// Is this plan sound? Everything the check found, by kind, each with the rule to mend and a record that shows it.
import { Button, Skeleton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { Link } from 'wouter'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader, Section } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { useChosenPlan } from '../territories/plans'
import classes from './Findings.module.css'
import { speaksOf } from './links'
import { PlanFindingItem } from './PlanFindingItem'
import { usePlanFindings, type PlanFindings } from './reading'

const MOST_SHOWN = 200

export default function FindingsPage() {
  const chosen = useChosenPlan()
  const found = usePlanFindings(chosen.plan?.id)
  const total = found.data?.counts.reduce((sum, count) => sum + count.total, 0) ?? 0
  return (
    <Page>
      <PageHeader
        title={t('Check of the plan')}
        trail={[{ label: t('Territories'), href: chosen.link('/territories') }]}
        about={
          <>
            {chosen.plan?.name}
            {found.data && ` · ${t('{n, plural, =0 {nothing found} one {# finding} other {# findings}}', { n: total })}`}
          </>
        }
        actions={
          <Button component={Link} href={chosen.link('/territories')} variant="default">
            {t('Back to the territories')}
          </Button>
        }
      />
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height={320} aria-label={t('Checking the plan')} />
      ) : total === 0 ? (
        <EmptyState
          title={t('Nothing to mend')}
          next={t('Every rule can match and win, nothing is fought about, and nobody is left over.')}
        />
      ) : (
        <Found found={found.data} plan={chosen.param} />
      )}
    </Page>
  )
}

function Found({ found, plan }: { readonly found: PlanFindings; readonly plan: string }) {
  const [view, change] = useView()
  const words = (view.get('q') ?? '').trim()
  const kind = found.counts.find((count) => count.kind === view.get('kind'))?.kind ?? null
  const shown = found.findings.filter((one) => (!kind || one.kind === kind) && (!words || speaksOf(one, words)))
  return (
    <div className={classes.columns}>
      <nav className={classes.kinds} aria-label={t('Kinds of findings')}>
        <KindButton
          title={t('Everything')}
          total={found.counts.reduce((sum, count) => sum + count.total, 0)}
          isChosen={kind === null}
          onChoose={() => change({ kind: null })}
        />
        {found.counts.map((count) => (
          <KindButton
            key={count.kind}
            title={t(count.title)}
            total={count.total}
            isChosen={kind === count.kind}
            onChoose={() => change({ kind: count.kind })}
          />
        ))}
      </nav>
      <div className={classes.found}>
        <TextInput
          type="search"
          aria-label={t('Find a territory or a word')}
          placeholder={t('Find a territory or a word')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={view.get('q') ?? ''}
          onChange={(event) => change({ q: event.currentTarget.value || null })}
        />
        {shown.length === 0 && (
          <EmptyState title={t('Nothing of that kind')} next={t('Choose another kind, or clear the search.')} />
        )}
        {found.counts.map((count) => {
          const some = shown.filter((one) => one.kind === count.kind)
          if (some.length === 0) return null
          const left = count.total - count.listed
          return (
            <Section key={count.kind} title={t(count.title)} aside={<span className="soft">{formatCount(count.total)}</span>}>
              <ul className={classes.list}>
                {some.slice(0, MOST_SHOWN).map((one, place) => (
                  <PlanFindingItem key={place} finding={one} plan={plan} />
                ))}
              </ul>
              {left > 0 && (
                <p className="soft small">
                  {t('{n, plural, one {# more of this kind is} other {# more of this kind are}} not listed here. Mend these first, or list all with “fairpatch check --json”.', { n: left })}
                </p>
              )}
            </Section>
          )
        })}
      </div>
    </div>
  )
}

type KindButtonProps = {
  readonly title: string
  readonly total: number
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function KindButton({ title, total, isChosen, onChoose }: KindButtonProps) {
  return (
    <button type="button" className={classes.kind} aria-pressed={isChosen} onClick={onChoose}>
      <span>{title}</span>
      <span className={classes.count}>{formatCount(total)}</span>
    </button>
  )
}
