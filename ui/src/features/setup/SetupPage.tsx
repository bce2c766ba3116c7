// How does an empty installation become a company's? The organisation and its first administrator, once.
import { Button, Fieldset, PasswordInput, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '@/api/client'
import { problemOf } from '@/api/problem'
import { SESSION_KEY } from '@/api/session'
import { BarePage } from '@/kit/BarePage'
import { currencyChoices, monthChoices, timeZoneChoices } from '@/pure/places'
import { t } from '@/pure/words'
import classes from './SetupPage.module.css'

const SHORTEST_PASSWORD = 12

export default function SetupPage() {
  const cache = useQueryClient()
  const [company, setCompany] = useState('')
  const [currency, setCurrency] = useState<string | null>('USD')
  const [timeZone, setTimeZone] = useState<string | null>(Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC')
  const [month, setMonth] = useState<string | null>('1')
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const setUp = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/setup', {
        body: {
          organisation: {
            name: company.trim(),
            currency: currency ?? 'USD',
            time_zone: timeZone ?? 'UTC',
            fiscal_year_start_month: Number(month ?? 1),
          },
          admin: { name: name.trim(), email: email.trim(), password },
        },
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: SESSION_KEY }),
  })
  const problem = setUp.error ? problemOf(setUp.error) : null
  useEffect(() => {
    document.title = `${t('Set up')} · Fairpatch`
  }, [])
  return (
    <BarePage
      title={t('Set up Fairpatch')}
      about={t('Once: your organisation, and the administrator who may invite everybody else.')}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setUp.mutate()
        }}
      >
        <Fieldset legend={t('Organisation')} className={classes.group}>
          <TextInput label={t('Name')} required withAsterisk={false} autoFocus value={company} onChange={(event) => setCompany(event.currentTarget.value)} />
          <Select label={t('Currency')} description={t('All amounts are kept in it.')} data={currencyChoices()} searchable allowDeselect={false} value={currency} onChange={setCurrency} />
          <Select label={t('Time zone')} description={t('A change that is effective on a date begins at 00:00 here.')} data={timeZoneChoices()} searchable allowDeselect={false} value={timeZone} onChange={setTimeZone} />
          <Select label={t('Fiscal year begins in')} data={monthChoices()} allowDeselect={false} value={month} onChange={setMonth} />
        </Fieldset>
        <Fieldset legend={t('First administrator')} className={classes.group}>
          <TextInput label={t('Your name')} required withAsterisk={false} autoComplete="name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput label={t('E-mail')} type="email" required withAsterisk={false} autoComplete="username" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <PasswordInput
            label={t('Password')}
            description={t('At least {n} characters.', { n: SHORTEST_PASSWORD })}
            required
            withAsterisk={false}
            minLength={SHORTEST_PASSWORD}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </Fieldset>
        {problem && (
          <p role="alert" className={classes.problem}>
            {problem.title}. {problem.detail}
          </p>
        )}
        <Button type="submit" loading={setUp.isPending}>
          {t('Create the organisation')}
        </Button>
      </form>
    </BarePage>
  )
}
