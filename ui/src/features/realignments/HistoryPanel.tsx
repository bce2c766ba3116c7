// Who proposed it, who agreed, when was it done, and what proves it?
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { Section } from '@/kit/Page'
import { Timeline, type TimelineItem } from '@/kit/Timeline'
import { formatCount, formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import type { Realignment } from './types'

function listSteps(realignment: Realignment, timeZone: string): readonly TimelineItem[] {
  const when = (at: string) => formatMoment(at, new Date(), timeZone)
  const steps: TimelineItem[] = [
    {
      id: 'proposed',
      at: realignment.proposed_at,
      when: when(realignment.proposed_at),
      title: t('Proposed by {name}', { name: realignment.proposed_by }),
      body: realignment.reason || undefined,
    },
    ...realignment.approvals.map((approval, index) => ({
      id: `approval-${index}`,
      at: approval.given_at,
      when: when(approval.given_at),
      title: approval.verdict === 'approved' ? t('Approved by {name}', { name: approval.user }) : t('Rejected by {name}', { name: approval.user }),
      body: approval.comment || undefined,
    })),
  ]
  if (realignment.executed_at) {
    steps.push({
      id: 'executed',
      at: realignment.executed_at,
      when: when(realignment.executed_at),
      title: t('Executed in one transaction: {moves} moves, {deals} open deals', {
        moves: formatCount(realignment.move_count),
        deals: formatCount(realignment.deal_move_count),
      }),
      body:
        realignment.batch === null ? undefined : (
          <Link href={`/audit?batch=${realignment.batch}`}>
            {t('Signed as batch {n} of the ledger: see the proof', { n: String(realignment.batch) })}
          </Link>
        ),
    })
  }
  if (realignment.undone_by_id !== null) {
    steps.push({
      id: 'undone',
      at: realignment.executed_at ?? realignment.proposed_at,
      when: '',
      title: <Link href={`/realignments/${realignment.undone_by_id}`}>{t('An undo was proposed')}</Link>,
    })
  }
  return steps.reverse().map((step, index) => ({ ...step, isCurrent: index === 0 }))
}

export function HistoryPanel({ realignment }: { readonly realignment: Realignment }) {
  const { organisation } = useSession()
  return (
    <Section title={t('Course')}>
      <Timeline label={t('Course of this realignment')} items={listSteps(realignment, organisation.time_zone)} />
    </Section>
  )
}
