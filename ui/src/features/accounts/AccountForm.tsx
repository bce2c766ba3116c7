// What does the form do with what was typed? Checks it by field, sends only what changed, and never overwrites others unseen.
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { api, useIdempotencyKey } from '@/api/client'
import { problemOf } from '@/api/problem'
import { useSession } from '@/api/session'
import { BeforeAfter } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import type { Field, Finding } from '../territories/types'
import { AccountPicker, type PickedAccount } from './AccountPicker'
import classes from './Accounts.module.css'
import { ChangeEffect } from './ChangeEffect'
import { CustomInput } from './CustomInput'
import { GROUPS, labelOf, mergeForm, readForm, startForm, type Clash, type Faults, type FormValues } from './form'
import { refreshAccounts } from './reading'
import type { AccountDetail } from './types'

type AccountFormProps = {
  readonly account: AccountDetail | undefined
  readonly custom: readonly Field[]
  readonly minor: number
}

type Conflict = { readonly taken: readonly Clash[]; readonly clashes: readonly Clash[] }

export function AccountForm({ account, custom, minor }: AccountFormProps) {
  const { currency } = useSession().organisation
  const [, navigate] = useLocation()
  // The version the entries started from; a conflict moves it on.
  const [base, setBase] = useState(account)
  const start = startForm(base, custom, minor)
  const [values, setValues] = useState<FormValues>(start)
  const [parent, setParent] = useState<PickedAccount | null>(account?.parent ?? null)
  const [faults, setFaults] = useState<Faults>({})
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const key = useIdempotencyKey()
  const read = readForm(values, start, custom, minor)
  const isChanged = Object.keys(read.fields).length > 0 || Object.keys(read.faults).length > 0

  const save = useMutation({
    mutationFn: async () => {
      const { fields } = read
      if (!base) return (await api.POST('/api/v1/accounts', { params: { header: key.header }, body: { ...fields, name: values.name ?? '' } })).data!
      const path = { account_id: base.id }
      return (await api.PATCH('/api/v1/accounts/{account_id}', { params: { path }, body: { ...fields, version: base.version } })).data!
    },
    onSuccess: async (saved) => {
      key.renew()
      await refreshAccounts()
      const hint = saved.proposal_hint
      showToast({ title: t('{name} is saved', { name: saved.name }), body: hint?.sentence })
      navigate(`/accounts/${saved.id}`)
    },
    onError: async (error) => {
      const problem = problemOf(error)
      const findings = (problem.body.findings as readonly Finding[] | undefined) ?? []
      setFaults(Object.fromEntries(findings.map((finding) => [finding.where, finding.sentence])))
      if (problem.status !== 409 || !base) return
      const { data: fresh } = await api.GET('/api/v1/accounts/{account_id}', { params: { path: { account_id: base.id } } })
      if (!fresh) return
      const { merged, clashes, taken } = mergeForm(start, values, startForm(fresh, custom, minor))
      setBase(fresh)
      setValues(merged)
      setConflict({ clashes, taken })
    },
  })
  const set = (name: string, value: string) => {
    setValues((old) => ({ ...old, [name]: value }))
    if (faults[name]) setFaults(({ [name]: _, ...rest }) => rest)
  }
  useEffect(() => {
    const first = Object.keys(faults)[0]
    if (first) document.querySelector<HTMLElement>(`[name="${CSS.escape(first)}"]`)?.focus()
  }, [faults])
  const problem = save.error && !conflict ? problemOf(save.error) : null
  const unplaced = problem ? Object.entries(faults).filter(([name]) => labelOf(name, custom) === name) : []

  return (
    <form
      className={classes.stack}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setFaults(read.faults)
        if (Object.keys(read.faults).length > 0) return
        setConflict(null)
        save.mutate()
      }}
    >
      {conflict && <ConflictNotice conflict={conflict} custom={custom} onTheirs={(clash) => set(clash.name, clash.theirs)} />}
      {GROUPS.map((group, place) => (
        <Section key={group.title} title={t(group.title)}>
          <div className={classes.formGrid}>
            {place === 0 && !account && (
              <TextInput
                label={t('Id')}
                name="external_id"
                description={t('Empty: one is given.')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                value={values.external_id}
                error={faults.external_id}
                onChange={(event) => set('external_id', event.currentTarget.value)}
              />
            )}
            {group.fields.map((field) => (
              <TextInput
                key={field.name}
                label={field.kind === 'money' ? `${t(field.label)} (${currency})` : t(field.label)}
                name={field.name}
                required={field.name === 'name'}
                description={field.hint && t(field.hint)}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                inputMode={field.kind === 'text' || field.kind === 'tags' ? undefined : 'decimal'}
                value={values[field.name]}
                error={faults[field.name]}
                onChange={(event) => set(field.name, event.currentTarget.value)}
              />
            ))}
            {place === 0 && (
              <AccountPicker
                label={t('Head office (parent account)')}
                value={parent}
                without={account?.id}
                onValue={(next) => {
                  setParent(next)
                  set('parent_id', next ? String(next.id) : '')
                }}
              />
            )}
          </div>
        </Section>
      ))}
      {custom.length > 0 && (
        <Section title={t('Own fields')}>
          <div className={classes.formGrid}>
            {custom.map((field) => (
              <CustomInput
                key={field.name}
                field={field}
                value={values[`custom.${field.name}`] ?? ''}
                error={faults[`custom.${field.name}`]}
                onValue={(value) => set(`custom.${field.name}`, value)}
              />
            ))}
          </div>
        </Section>
      )}
      <ChangeEffect
        accountId={base?.id}
        fields={read.fields}
        isAsked={Object.keys(read.fields).length > 0 && Object.keys(read.faults).length === 0}
      />
      {problem && (
        <div role="alert" className={classes.problem}>
          <p>{problem.title}. {problem.detail}</p>
          {unplaced.map(([name, sentence]) => <p key={name}>{sentence}</p>)}
        </div>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => navigate(account ? `/accounts/${account.id}` : '/accounts')}>{t('Cancel')}</Button>
        <Button type="submit" loading={save.isPending} disabled={!!account && !isChanged}>
          {account
            ? t('Save {n, plural, =0 {changes} one {# change} other {# changes}}', { n: Object.keys(read.fields).length })
            : t('Create the account')}
        </Button>
      </div>
    </form>
  )
}

type ConflictNoticeProps = {
  readonly conflict: Conflict
  readonly custom: readonly Field[]
  readonly onTheirs: (clash: Clash) => void
}

/** Somebody saved first: what they changed, what was taken over, what the user has to decide. */
function ConflictNotice({ conflict, custom, onTheirs }: ConflictNoticeProps) {
  const notice = useRef<HTMLDivElement>(null)
  // The button that was pressed is at the end of a long form, this stands at its beginning.
  useEffect(() => notice.current?.focus(), [conflict])
  return (
    <div ref={notice} tabIndex={-1} className={classes.conflict} role="alert">
      <h2>{t('Somebody changed this account while you were typing')}</h2>
      <p>{t('Nothing of yours was saved or lost. Look at the differences, then save again.')}</p>
      <ul className={classes.list}>
        {conflict.taken.map((clash) => (
          <li key={clash.name}>
            {labelOf(clash.name, custom)}: <BeforeAfter before={clash.before || '–'} after={clash.theirs || '–'} />{' '}
            <span className="soft">{t('taken over')}</span>
          </li>
        ))}
        {conflict.clashes.map((clash) => (
          <li key={clash.name} className={classes.rowBetween}>
            <span>
              {labelOf(clash.name, custom)}: {t('they wrote “{theirs}”, you wrote “{mine}”', { theirs: clash.theirs || '–', mine: clash.mine || '–' })}
            </span>
            <Button size="compact-sm" variant="default" onClick={() => onTheirs(clash)}>
              {t('Take theirs')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
