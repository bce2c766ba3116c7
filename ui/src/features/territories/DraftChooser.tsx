// Which draft shall be edited? One of those that exist, or a new copy of the live plan.
import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { problemOf } from '@/api/problem'
import { useSession } from '@/api/session'
import { formatDate } from '@/pure/format'
import { t } from '@/pure/words'
import { createDraft, type ChosenPlan } from './plans'
import classes from './Territories.module.css'

export function DraftChooser({ chosen, onClose }: { readonly chosen: ChosenPlan; readonly onClose: () => void }) {
  const { organisation } = useSession()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => createDraft(name),
    onSuccess: (plan) => {
      chosen.choose(plan.id)
      onClose()
    },
  })
  const choose = (id: number | null) => {
    chosen.choose(id)
    onClose()
  }
  const problem = create.error ? problemOf(create.error) : null
  return (
    <Modal opened onClose={onClose} title={t('Which plan?')} closeButtonProps={{ 'aria-label': t('Close') }}>
      <div className={classes.stack}>
        <form
          className={classes.inlineForm}
          onSubmit={(event) => {
            event.preventDefault()
            create.mutate()
          }}
        >
          <TextInput
            label={t('A new draft of the live plan')}
            placeholder={t('FY27 west rebalanced')}
            description={t('The server names it when you leave this empty.')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit" loading={create.isPending}>
            {t('Start the draft')}
          </Button>
        </form>
        {problem && (
          <p role="alert" className={classes.problem}>
            {problem.title}. {problem.detail}
          </p>
        )}
        {chosen.drafts.length > 0 && <h3>{t('Continue a draft')}</h3>}
        <ul className={classes.choiceList}>
          {chosen.drafts.map((draft) => (
            <li key={draft.id}>
              <button type="button" className={classes.choice} onClick={() => choose(draft.id)}>
                <strong>{draft.name}</strong>
                <span className="soft small">
                  {t('{n, plural, =0 {no changes} one {# change} other {# changes}}', { n: draft.change_count ?? 0 })}
                  {draft.status === 'staged' && ` · ${t('proposed, for reading only')}`}
                  {draft.created_by && ` · ${draft.created_by}`} · {formatDate(draft.created_at, organisation.time_zone)}
                </span>
              </button>
            </li>
          ))}
          {chosen.param !== 'active' && (
            <li>
              <button type="button" className={classes.choice} onClick={() => choose(null)}>
                <strong>{t('Live plan')}</strong>
                <span className="soft small">{t('What is in force now, for reading')}</span>
              </button>
            </li>
          )}
        </ul>
      </div>
    </Modal>
  )
}
