// What is asked about the record: under which plan, on which day, from which account, and why not where?
import { Select, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { useSession } from '@/api/session'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { AccountPicker } from '../accounts/AccountPicker'
import type { AccountDetail } from '../accounts/types'
import { usePlans } from '../territories/plans'
import { useReps } from '../territories/reading'
import { TerritorySelect } from '../territories/TerritorySelect'
import classes from './Routing.module.css'

export function TryQuestionBar({ plan, account }: { readonly plan: string; readonly account: AccountDetail | undefined }) {
  const { today } = useSession()
  const [view, change] = useView()
  const plans = usePlans().data ?? []
  const reps = useReps().data
  const people = useMemo(() => reps?.map((rep) => ({ value: String(rep.id), label: rep.name })) ?? [], [reps])
  const drafts = plans.filter((one) => one.status === 'draft' || one.status === 'staged' || String(one.id) === plan)
  return (
    <div className={classes.question}>
      <AccountPicker
        label={t('Start from an account (optional)')}
        value={account ? { id: account.id, name: account.name } : null}
        onValue={(next) => change({ account: next ? String(next.id) : null })}
      />
      {drafts.length > 0 && (
        <Select
          label={t('Plan')}
          data={[
            { value: 'active', label: t('Live plan') },
            ...drafts.filter((one) => one.status !== 'active').map((one) => ({ value: String(one.id), label: one.name })),
          ]}
          value={plan}
          allowDeselect={false}
          onChange={(next) => change({ plan: next === 'active' ? null : next, whynot: null })}
        />
      )}
      <TextInput
        type="date"
        label={t('On')}
        description={t('Locks and seats of that day')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={view.get('date') ?? today}
        onChange={(event) => change({ date: event.currentTarget.value === today ? null : event.currentTarget.value || null })}
      />
      <TerritorySelect
        label={t('Why not this territory?')}
        plan={plan}
        value={view.get('whynot')}
        isClearable
        onValue={(code) => change({ whynot: code, rep: null })}
      />
      <Select
        label={t('Why not this rep?')}
        placeholder={t('Type a name')}
        data={people}
        value={view.get('rep')}
        searchable
        limit={60}
        clearable
        clearButtonProps={{ 'aria-label': t('Clear {label}', { label: t('Why not this rep?') }) }}
        onChange={(id) => change({ rep: id, whynot: null })}
      />
    </div>
  )
}
