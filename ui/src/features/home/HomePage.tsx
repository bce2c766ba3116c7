// What does the user need to know and do today? Figures, tasks and changes, chosen by role on the server.
import { IconChevronRight, IconCircleCheck } from '@tabler/icons-react'
import { Link } from 'wouter'
import { $api, type Answer } from '@/api/client'
import { useSession } from '@/api/session'
import { Figure, Figures } from '@/kit/Figure'
import { EmptyState, ErrorState, Waiting } from '@/kit/Notice'
import { Page, PageHeader, Section } from '@/kit/Page'
import { StatusBadge, type Tone } from '@/kit/StatusBadge'
import { Timeline } from '@/kit/Timeline'
import { useNow } from '@/kit/useNow'
import { formatCount, formatDate, formatMoment, formatMoney, formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './HomePage.module.css'

type Home = Answer<'/api/v1/home'>
type HomeFigure = Home['figures'][number]

const TITLES: Record<string, string> = {
  rep: 'Your patch',
  manager: 'Your team',
  director: 'Your region',
  planner: 'Plan health',
  admin: 'The organisation',
  auditor: 'The ledger',
}

const TONES: Record<Home['tasks'][number]['severity'], { tone: Tone; word: string }> = {
  error: { tone: 'stop', word: 'must be settled' },
  warning: { tone: 'warn', word: 'should be looked at' },
  notice: { tone: 'plain', word: 'for your information' },
}

function formatFigure(value: number, unit: HomeFigure['unit'], currency: string): string {
  if (unit === 'money') return formatMoney(value, currency, 'short')
  return unit === 'share' ? formatShare(value) : formatCount(value)
}

export default function HomePage() {
  const session = useSession()
  const { data: home, error, refetch } = $api.useQuery('get', '/api/v1/home')
  const { currency, time_zone: timeZone } = session.organisation
  return (
    <Page>
      <PageHeader
        title={t(TITLES[session.user.role] ?? 'Home')}
        about={t('{name} · {day}', { name: session.user.name, day: formatDate(session.today) })}
      />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!home && !error && <Waiting />}
      {home && (
        <>
          {home.figures.length > 0 && <FigureRow figures={home.figures} currency={currency} />}
          <div className={classes.columns}>
            <Section title={t('To do')}>
              <TaskList tasks={home.tasks} />
            </Section>
            <Section title={t('What changed')}>
              <ChangeList changes={home.changes} timeZone={timeZone} />
            </Section>
          </div>
        </>
      )}
    </Page>
  )
}

function FigureRow({ figures, currency }: { readonly figures: Home['figures']; readonly currency: string }) {
  return (
    <Figures>
      {figures.map((figure) => {
        const { compare } = figure
        const isPart = compare && compare.value > 0 && figure.unit !== 'share' && figure.value <= compare.value
        return (
          <Figure
            key={figure.key}
            label={t(figure.label)}
            value={formatFigure(figure.value, figure.unit, currency)}
            beside={compare ? `${t(compare.label)} ${formatFigure(compare.value, figure.unit, currency)}` : undefined}
            share={isPart ? figure.value / compare.value : figure.unit === 'share' ? figure.value : undefined}
            href={figure.href ?? undefined}
          />
        )
      })}
    </Figures>
  )
}

function TaskList({ tasks }: { readonly tasks: Home['tasks'] }) {
  if (tasks.length === 0) {
    return (
      <EmptyState
        icon={<IconCircleCheck size={24} aria-hidden="true" />}
        title={t('Nothing waits for you')}
        next={t('New approvals, vacancies and unassigned accounts will appear here.')}
      />
    )
  }
  return (
    <ul className={classes.tasks}>
      {tasks.map((task) => (
        <li key={task.key}>
          <Link href={task.href} className={classes.task}>
            <span className={classes.count}>{formatCount(task.count)}</span>
            <span className={classes.title}>
              {t(task.title)}
              {task.severity !== 'notice' && <StatusBadge tone={TONES[task.severity].tone}>{t(TONES[task.severity].word)}</StatusBadge>}
            </span>
            <IconChevronRight size={16} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  )
}

function ChangeList({ changes, timeZone }: { readonly changes: Home['changes']; readonly timeZone: string }) {
  const now = useNow()
  if (changes.length === 0) {
    return <EmptyState title={t('No changes yet')} next={t('When accounts change hands, the moves and their reasons are listed here.')} />
  }
  return (
    <Timeline
      label={t('What changed')}
      items={changes.map((change, place) => ({
        id: `${change.at}-${place}`,
        at: change.at,
        when: formatMoment(change.at, now, timeZone),
        title: change.href ? <Link href={change.href}>{change.sentence}</Link> : change.sentence,
      }))}
    />
  )
}
