// What exactly will this step do? Asked in numbers before a realignment is approved, refused, executed or undone.
import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useSession } from '@/api/session'
import { ConfirmDialog, type Effect } from '@/kit/ConfirmDialog'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { nameDealPolicy, type Realignment } from './types'
import type { Step } from './useDeeds'

export type AskedStep = Exclude<Step, 'rebase'>

type Wording = {
  readonly title: string
  readonly verb: string
  readonly after?: string
  readonly ask?: { readonly label: string; readonly isRequired: boolean }
  readonly isStop?: boolean
}

function wordStep(step: AskedStep, realignment: Realignment): Wording {
  const accounts = t('{n, plural, one {# account} other {# accounts}}', { n: realignment.impact.accounts })
  switch (step) {
    case 'approve':
      return {
        title: t('Approve “{title}”', { title: realignment.title }),
        verb: t('Approve'),
        after: t('Nothing moves yet. It can then be executed, or still be cancelled.'),
        ask: { label: t('Comment'), isRequired: false },
      }
    case 'reject':
      return {
        title: t('Reject “{title}”', { title: realignment.title }),
        verb: t('Reject'),
        after: t('Nothing moves. The draft plan behind it can be edited again.'),
        ask: { label: t('Why?'), isRequired: true },
        isStop: true,
      }
    case 'cancel':
      return {
        title: t('Cancel “{title}”', { title: realignment.title }),
        verb: t('Cancel this proposal'),
        after: t('Nothing moves. The proposal stays in the list as cancelled.'),
        isStop: true,
      }
    case 'undo':
      return {
        title: t('Undo “{title}”', { title: realignment.title }),
        verb: t('Propose the way back'),
        after: t('This proposes a new realignment that returns everything; it needs approval like any other.'),
        ask: { label: t('Why?'), isRequired: true },
      }
    case 'execute':
      return {
        title: t('Execute “{title}”', { title: realignment.title }),
        verb: t('Move {accounts} now', { accounts }),
        after: t('All of it happens in one transaction: everyone sees the old state or the new one. It can be undone.'),
      }
  }
}

export type StepDialogProps = {
  readonly step: AskedStep
  readonly realignment: Realignment
  readonly isBusy: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onConfirm: (text: string) => void
}

export function StepDialog({ step, realignment, isBusy, error, onClose, onConfirm }: StepDialogProps) {
  const [text, setText] = useState('')
  const { organisation } = useSession()
  const wording = wordStep(step, realignment)
  const { impact } = realignment
  const effects: readonly [Effect, ...Effect[]] = [
    { label: t('Accounts'), value: formatCount(impact.accounts) },
    { label: t('Annual revenue'), value: formatMoney(impact.revenue_minor, organisation.currency, 'short') },
    { label: t('Open deals that change hands'), value: formatCount(realignment.deal_move_count) },
    { label: t('Reps affected'), value: formatCount(impact.reps.length) },
  ]
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={wording.title}
      effects={effects}
      verb={wording.verb}
      tone={wording.isStop ? 'stop' : 'plain'}
      after={step === 'execute' || step === 'approve' ? `${nameDealPolicy(realignment.deal_policy)} ${wording.after}` : wording.after}
      isBusy={isBusy}
      error={error}
      onConfirm={() => onConfirm(text.trim())}
    >
      {wording.ask && (
        <Textarea
          label={wording.ask.label}
          required={wording.ask.isRequired}
          autosize
          minRows={2}
          maxLength={2000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
      )}
    </ConfirmDialog>
  )
}
