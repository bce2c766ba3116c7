// Who owned this account when, and can that be proved? Every entry has a proof that anybody can check.
import { Button, Modal, Skeleton } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { api } from '@/api/client'
import { useSession } from '@/api/session'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { Timeline } from '@/kit/Timeline'
import { formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import { useTimeline } from './reading'
import type { AccountDetail, OwnershipEntry } from './types'

function proofAddress(account: number, { batch, leaf_seq }: OwnershipEntry): string {
  return `/api/v1/accounts/${account}/proof?batch=${batch}&seq=${leaf_seq}`
}

export function OwnershipTimeline({ account }: { readonly account: AccountDetail }) {
  const { organisation } = useSession()
  const [checked, setChecked] = useState<OwnershipEntry | null>(null)
  const timeline = useTimeline(account.id)
  if (timeline.error) return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />
  if (!timeline.data) return <Skeleton height={240} />
  if (timeline.data.length === 0) {
    return <EmptyState title={t('Nothing recorded yet')} next={t('The first decision about this account starts its timeline.')} />
  }
  const now = new Date()
  const layers = new Set(timeline.data.map((entry) => entry.layer))
  const current = new Set<string>()
  return (
    <Section title={t('Who owned it when')}>
      <Timeline
        label={t('Ownership of {name}', { name: account.name })}
        items={timeline.data.map((entry) => {
          const isCurrent = !current.has(entry.layer) && entry.corrected_by === null
          if (isCurrent) current.add(entry.layer)
          const when = formatMoment(entry.effective_at, now, organisation.time_zone)
          return {
            id: `${entry.batch} ${entry.leaf_seq}`,
            at: entry.effective_at,
            when,
            isCurrent,
            title: (
              <>
                <strong>{entry.rep?.name ?? t('nobody')}</strong>
                {entry.territory && (
                  <>
                    {' · '}
                    <Link href={`/territories/${encodeURIComponent(entry.territory.code)}`}>{entry.territory.name}</Link>
                  </>
                )}
                {layers.size > 1 && <span className="soft"> · {entry.layer}</span>}{' '}
                {entry.is_interim && <StatusBadge>{t('interim')}</StatusBadge>}
                {entry.corrected_by !== null && <StatusBadge tone="warn">{t('corrected later')}</StatusBadge>}
              </>
            ),
            body: (
              <>
                {entry.cause_sentence}
                {entry.realignment_id !== null && (
                  <>
                    {' '}
                    <Link href={`/realignments/${entry.realignment_id}`}>{t('Realignment {id}', { id: String(entry.realignment_id) })}</Link>
                  </>
                )}
              </>
            ),
            aside: (
              <span className={classes.tools}>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('Verify the entry of {when}', { when })}
                  onClick={() => setChecked(entry)}
                >
                  {t('Verify')}
                </Button>
                <Button
                  component="a"
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  href={proofAddress(account.id, entry)}
                  download={`proof-${entry.batch}-${entry.leaf_seq}.json`}
                  aria-label={t('Download the proof of the entry of {when}', { when })}
                >
                  {t('Download proof')}
                </Button>
              </span>
            ),
          }
        })}
      />
      {checked && <VerifyDialog account={account} entry={checked} onClose={() => setChecked(null)} />}
    </Section>
  )
}

type VerifyDialogProps = { readonly account: AccountDetail; readonly entry: OwnershipEntry; readonly onClose: () => void }

function VerifyDialog({ account, entry, onClose }: VerifyDialogProps) {
  const { organisation } = useSession()
  const verdict = useQuery({
    queryKey: ['verify proof', account.id, entry.batch, entry.leaf_seq],
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const query = { batch: entry.batch, seq: entry.leaf_seq }
      const proof = await api.GET('/api/v1/accounts/{account_id}/proof', { params: { path: { account_id: account.id }, query }, signal })
      const answer = await api.POST('/api/v1/audit/verify_proof', { body: proof.data!, signal })
      return answer.data!
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('{rep} from {when}', { rep: entry.rep?.name ?? t('nobody'), when: formatMoment(entry.effective_at, new Date(), organisation.time_zone) })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {verdict.error ? (
        <ErrorState error={verdict.error} onRetry={() => void verdict.refetch()} />
      ) : verdict.data ? (
        <div className={classes.stack} role="status">
          <p>
            <StatusBadge tone={verdict.data.ok ? 'ok' : 'stop'}>{t(verdict.data.ok ? 'proved' : 'not proved')}</StatusBadge>{' '}
            {verdict.data.sentence}
          </p>
          <ol className={classes.steps} aria-label={t('Steps of the check')}>
            {verdict.data.steps.map((step) => (
              <li key={step.name} className={classes.condition}>
                {step.ok ? (
                  <IconCheck size={16} className={classes.holds} role="img" aria-label={t('passed:')} />
                ) : (
                  <IconX size={16} className={classes.fails} role="img" aria-label={t('failed:')} />
                )}
                <span>{step.sentence}</span>
              </li>
            ))}
          </ol>
          <p className="soft small">
            {t('The proof file can be checked without this server: fairpatch audit verify FILE.')}
          </p>
        </div>
      ) : (
        <Skeleton height={160} />
      )}
    </Modal>
  )
}
