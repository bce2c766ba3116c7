// Which accounts are pinned to this territory, from when to when, and why?
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconLockOpen } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { problemOf } from '@/api/problem'
import { Section } from '@/kit/Page'
import { showToast } from '@/kit/Toasts'
import { formatCount, formatDate } from '@/pure/format'
import { t } from '@/pure/words'
import { AccountPicker, type PickedAccount } from '../accounts/AccountPicker'
import { LockEffect } from '../locks/LockEffect'
import { addLock, changeLock, removeLock } from './edits'
import type { ChosenPlan } from './plans'
import classes from './Territories.module.css'
import type { Lock, TerritoryDetail } from './types'
import { useEdits, type Edit } from './useEdits'

type LockListProps = { readonly territory: TerritoryDetail; readonly chosen: ChosenPlan }

function describeSpan({ from_on, until_on }: Lock): string {
  if (from_on && until_on) return `${formatDate(from_on)} – ${formatDate(until_on)}`
  if (from_on) return t('from {date}', { date: formatDate(from_on) })
  return until_on ? t('until {date}', { date: formatDate(until_on) }) : t('without end')
}

export function LockList({ territory, chosen }: LockListProps) {
  const edits = useEdits(chosen.isEditable ? chosen.plan?.id : undefined)
  const [error, setError] = useState<unknown>(null)
  const problem = error ? problemOf(error) : null
  const make = async (edit: Edit): Promise<boolean> => {
    try {
      setError(null)
      await edits.edit(edit)
      showToast({ title: edit.label, action: edit.revert && { label: t('Undo'), run: edits.undo } })
      return true
    } catch (fault) {
      setError(fault)
      return false
    }
  }
  return (
    <Section title={t('Locks')} aside={<span className="soft small figures">{formatCount(territory.locks.length)}</span>}>
      <p className="soft">
        {t('A lock decides before everything else while it lasts.')} <Link href={chosen.link('/locks')}>{t('All locks')}</Link>
      </p>
      {territory.locks.length > 0 && (
        <div className={classes.scrollX}>
          <table className={classes.plainTable}>
            <thead>
              <tr>
                <th scope="col">{t('Account')}</th>
                <th scope="col">{t('When')}</th>
                <th scope="col">{t('Reason')}</th>
                <th scope="col">{t('Approver')}</th>
                {chosen.isEditable && <th scope="col"><span className="visually-hidden">{t('Change')}</span></th>}
              </tr>
            </thead>
            <tbody>
              {territory.locks.map((lock) => (
                <tr key={lock.id}>
                  <th scope="row">
                    {lock.account_id === null ? lock.id_text : <Link href={`/accounts/${lock.account_id}`}>{lock.name ?? lock.id_text}</Link>}
                  </th>
                  <td>
                    {chosen.isEditable ? (
                      <LastDay lock={lock} isBusy={edits.isBusy} onChange={(until_on) => void make(changeLock(chosen.plan!.id, lock, { ...lock, until_on }))} />
                    ) : (
                      describeSpan(lock)
                    )}
                  </td>
                  <td>{lock.reason}</td>
                  <td>{lock.approver || '–'}</td>
                  {chosen.isEditable && (
                    <td className={classes.end}>
                      <ActionIcon
                        aria-label={t('Unlock {name}', { name: lock.name ?? lock.id_text })}
                        disabled={edits.isBusy}
                        onClick={() => void make(removeLock(chosen.plan!.id, lock))}
                      >
                        <IconLockOpen size={16} aria-hidden="true" />
                      </ActionIcon>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chosen.isEditable && <AddLock planId={chosen.plan!.id} code={territory.code} isBusy={edits.isBusy} onAdd={make} />}
      {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
    </Section>
  )
}

type LastDayProps = { readonly lock: Lock; readonly isBusy: boolean; readonly onChange: (until: string | null) => void }

/** The last day of a lock, changed as soon as another one is chosen; empty means without end. */
function LastDay({ lock, isBusy, onChange }: LastDayProps) {
  return (
    <TextInput
      type="date"
      size="xs"
      aria-label={t('Last day of the lock of {name}', { name: lock.name ?? lock.id_text })}
      defaultValue={lock.until_on ?? ''}
      min={lock.from_on ?? undefined}
      disabled={isBusy}
      onBlur={(event) => {
        const until = event.currentTarget.value || null
        if (until !== lock.until_on) onChange(until)
      }}
    />
  )
}

type AddLockProps = {
  readonly planId: number
  readonly code: string
  readonly isBusy: boolean
  readonly onAdd: (edit: Edit) => Promise<boolean>
}

function AddLock({ planId, code, isBusy, onAdd }: AddLockProps) {
  const [account, setAccount] = useState<PickedAccount | null>(null)
  const [reason, setReason] = useState('')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const add = async () => {
    if (!account) return
    const form = { account_id: account.id, territory: code, reason: reason.trim(), from_on: from || null, until_on: until || null }
    if (await onAdd(addLock(planId, form, account.name))) {
      setAccount(null)
      setReason('')
    }
  }
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <div className={classes.pair}>
        <AccountPicker label={t('Account')} value={account} onValue={setAccount} />
        <TextInput label={t('Reason')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <TextInput type="date" label={t('From (optional)')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput type="date" label={t('Until, that day included (optional)')} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
      </div>
      {account && (
        <LockEffect question={{ plan_id: planId, account_id: account.id, territory: code, from_on: from || null, until_on: until || null }} />
      )}
      <div className={classes.dialogButtons}>
        <Button type="submit" variant="default" disabled={!account || !reason.trim()} loading={isBusy}>{t('Lock in the draft')}</Button>
      </div>
    </form>
  )
}
