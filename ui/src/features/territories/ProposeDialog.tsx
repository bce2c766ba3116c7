// What would this realignment do, and shall it be proposed? The effect first, then the reason, then the proposal.
import { Button, Modal, SegmentedControl, Skeleton, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useIdempotencyKey } from '@/api/client'
import { problemOf } from '@/api/problem'
import { queryClient } from '@/api/queries'
import { ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'
import { FindingList } from './FindingList'
import { ImpactSummary } from './ImpactSummary'
import { proposeRealignment } from './plans'
import { useRealignmentPreview } from './reading'
import classes from './Territories.module.css'
import type { Finding, RealignmentForm, RealignmentIntent } from './types'

type ProposeDialogProps = {
  readonly title: string
  readonly intent: RealignmentIntent
  readonly suggestedTitle: string
  readonly onClose: () => void
}

type DealPolicy = RealignmentForm['deal_policy']

export function ProposeDialog({ title, intent, suggestedTitle, onClose }: ProposeDialogProps) {
  const [, navigate] = useLocation()
  const [name, setName] = useState(suggestedTitle)
  const [reason, setReason] = useState('')
  const [policy, setPolicy] = useState<DealPolicy>('follow_territory')
  const key = useIdempotencyKey()
  const asked = useMemo(() => ({ ...intent, reason: '', deal_policy: policy }), [intent, policy])
  const preview = useRealignmentPreview(asked)
  const propose = useMutation({
    mutationFn: () => proposeRealignment({ ...asked, title: name.trim() || null, reason: reason.trim() }, key.header),
    onSuccess: (id) => {
      key.renew()
      void queryClient.invalidateQueries()
      onClose()
      navigate(`/realignments/${id}`)
    },
  })
  const count = preview.data?.impact.accounts
  const problem = propose.error ? problemOf(propose.error) : null
  const findings = (problem?.body.findings as readonly Finding[] | undefined) ?? []

  return (
    <Modal opened onClose={onClose} title={title} size="xl" closeButtonProps={{ 'aria-label': t('Close') }}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault()
          propose.mutate()
        }}
      >
        <div>
          <span className={classes.fieldLabel} id="deal-policy">{t('Open deals of accounts that move')}</span>
          <SegmentedControl
            aria-labelledby="deal-policy"
            data={[
              { value: 'follow_territory', label: t('go with the account') },
              { value: 'stay_with_rep', label: t('stay with their rep') },
            ]}
            value={policy}
            onChange={(next) => setPolicy(next as DealPolicy)}
          />
        </div>
        {preview.error ? (
          <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
        ) : preview.data ? (
          <ImpactSummary preview={preview.data} />
        ) : (
          <div role="status" aria-label={t('Working out the effect…')}>
            <Skeleton height={72} mb={12} />
            <Skeleton height={140} />
          </div>
        )}
        <TextInput label={t('Title')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Textarea
          label={t('Reason')}
          description={t('Approvers and the people who gain or lose accounts read this.')}
          required
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {problem && (
          <div role="alert" className={classes.problem}>
            <p>{problem.title}. {problem.detail}</p>
            {findings.length > 0 && <FindingList findings={findings} />}
          </div>
        )}
        <div className={classes.dialogButtons}>
          <span className="soft small">{t('Nothing moves yet: somebody else approves, then it is executed.')}</span>
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" loading={propose.isPending} disabled={!preview.data || !reason.trim()}>
            {count
              ? t('Propose moving {n, plural, one {# account} other {# accounts}}', { n: count })
              : t('Propose without moving accounts')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
