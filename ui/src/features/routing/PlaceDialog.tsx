// How shall accounts that nobody has be placed? By a lock, or by name in a draft; the effect is shown before anything is proposed.
import { Button, Modal, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, useIdempotencyKey } from '@/api/client'
import { problemOf } from '@/api/problem'
import { t } from '@/pure/words'
import { createDraft, refreshPlans, usePlans } from '../territories/plans'
import { ProposeDialog } from '../territories/ProposeDialog'
import { TerritorySelect } from '../territories/TerritorySelect'
import type { RealignmentIntent } from '../territories/types'
import classes from './Routing.module.css'

type PlaceDialogProps = {
  readonly accounts: readonly { readonly id: number; readonly name: string }[]
  readonly onClose: () => void
  readonly layer?: string
  readonly territory?: string
  readonly way?: Way
}

type Way = 'lock' | 'name'
const NEW_DRAFT = 'new'

export function PlaceDialog({ accounts, onClose, layer, territory, way: firstWay = 'lock' }: PlaceDialogProps) {
  const [way, setWay] = useState<Way>(firstWay)
  const [code, setCode] = useState<string | null>(territory ?? null)
  const [until, setUntil] = useState('')
  const [draft, setDraft] = useState<string>(NEW_DRAFT)
  const [intent, setIntent] = useState<RealignmentIntent | null>(null)
  const title = t('{n, plural, one {# account} other {# accounts}} to {code}', { n: accounts.length, code: code ?? '' })
  const drafts = (usePlans().data ?? []).filter((plan) => plan.status === 'draft' && !plan.is_outdated)
  const key = useIdempotencyKey()
  const name = useMutation({
    mutationFn: async () => {
      const plan = draft === NEW_DRAFT ? (await createDraft(title)).id : Number(draft)
      await api.POST('/api/v1/plans/{plan_id}/territories/{code}/accounts', {
        params: { path: { plan_id: plan, code: code! }, header: key.header },
        body: { account_ids: accounts.map((account) => account.id) },
      })
      return plan
    },
    onSuccess: (plan) => {
      key.renew()
      void refreshPlans()
      setIntent({ kind: 'plan', plan_id: plan })
    },
  })
  if (intent) return <ProposeDialog title={t('Place {what}', { what: title })} intent={intent} suggestedTitle={title} onClose={onClose} />
  const problem = name.error ? problemOf(name.error) : null
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('Where shall {n, plural, one {this account} other {these # accounts}} go?', { n: accounts.length })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault()
          if (!code) return
          if (way === 'name') name.mutate()
          else setIntent({ kind: 'accounts', account_ids: accounts.map((account) => account.id), territory: code, until_on: until || null })
        }}
      >
        <TerritorySelect label={t('Territory')} value={code} onValue={setCode} layer={layer} isAssignableOnly isRequired />
        <SegmentedControl
          aria-label={t('How')}
          value={way}
          onChange={(next) => setWay(next as Way)}
          data={[
            { value: 'lock', label: t('Lock them there') },
            { value: 'name', label: t('Name them in a draft') },
          ]}
        />
        {way === 'lock' ? (
          <TextInput
            type="date"
            label={t('Until (optional)')}
            description={t('A lock comes before every rule. Empty: for good.')}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        ) : (
          <Select
            label={t('Draft')}
            description={t('The territory names the accounts from then on. Everything else in the draft is proposed with it.')}
            data={[
              { value: NEW_DRAFT, label: t('A new draft of the live plan') },
              ...drafts.map((plan) => ({ value: String(plan.id), label: plan.name })),
            ]}
            value={draft}
            allowDeselect={false}
            onChange={(next) => setDraft(next ?? NEW_DRAFT)}
          />
        )}
        {problem && (
          <p role="alert" className={classes.problem}>
            {problem.title}. {problem.detail}
          </p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" disabled={!code} loading={name.isPending}>
            {way === 'lock' ? t('Show the effect') : t('Write it into the draft and show the effect')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
