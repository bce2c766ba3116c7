// What is one person's role, rep and sight? Added or changed; every fault the server finds stands at its field.
import { Button, Modal, MultiSelect, PasswordInput, Select, Switch, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, api } from '@/api/client'
import { problemOf } from '@/api/problem'
import { queryClient } from '@/api/queries'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import type { User } from './PeoplePanel'
import classes from './Settings.module.css'

const ROLES: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'rep', label: 'Rep: sees the own patch' },
  { value: 'manager', label: 'Manager: also the patches of the own reports; proposes and approves' },
  { value: 'director', label: 'Director: also creates and removes territories' },
  { value: 'planner', label: 'Planner: plans and imports for the whole company' },
  { value: 'admin', label: 'Administrator: everything' },
  { value: 'auditor', label: 'Auditor: reads everything, changes nothing' },
]

type Finding = { readonly where: string; readonly sentence: string }

/** The server's sentence about one field. */
function useFaults(error: unknown) {
  const problem = error ? problemOf(error) : null
  const findings = (problem?.body.findings ?? []) as readonly Finding[]
  const at = (field: string) => findings.find((finding) => finding.where === field)?.sentence
  return { problem, at }
}

export function UserDialog({ user, onClose }: { readonly user: User | null; readonly onClose: () => void }) {
  const [name, setName] = useState(user?.name ?? '')
  const [email, setEmail] = useState(user?.email ?? '')
  const [role, setRole] = useState<string>(user?.role ?? 'rep')
  const [rep, setRep] = useState<string | null>(user?.rep_id ? String(user.rep_id) : null)
  const [grants, setGrants] = useState<string[]>(user?.grants ?? [])
  const [password, setPassword] = useState('')
  const [isActive, setActive] = useState(user?.is_active ?? true)
  const reps = $api.useQuery('get', '/api/v1/reps')
  const tree = $api.useQuery('get', '/api/v1/territories')
  const save = useMutation({
    mutationFn: () => {
      const facts = { name: name.trim(), role, rep_id: rep === null ? null : Number(rep), grants }
      if (!user) return api.POST('/api/v1/users', { body: { ...facts, email: email.trim(), password } })
      const body = { ...facts, is_active: isActive, ...(password && { password }) }
      return api.PATCH('/api/v1/users/{user_id}', { params: { path: { user_id: user.id } }, body })
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['get', '/api/v1/users'] })
      showToast({ title: user ? t('Saved') : t('{name} may log in now', { name: name.trim() }) })
      onClose()
    },
  })
  const { problem, at } = useFaults(save.error)
  return (
    <Modal opened onClose={onClose} title={user ? user.name : t('Add a person')} closeButtonProps={{ 'aria-label': t('Close') }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <TextInput label={t('Name')} required data-autofocus value={name} error={at('name')} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label={t('E-mail')}
          type="email"
          required
          readOnly={user !== null}
          value={email}
          error={at('email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t('Role')}
          data={ROLES.map((choice) => ({ value: choice.value, label: t(choice.label) }))}
          allowDeselect={false}
          value={role}
          error={at('role')}
          onChange={(next) => next && setRole(next)}
        />
        <Select
          label={t('Is the rep')}
          description={t('Their own seats, and those of their reports, are what they see.')}
          data={reps.data?.map((choice) => ({ value: String(choice.id), label: choice.name })) ?? []}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('No rep') }}
          value={rep}
          error={at('rep_id')}
          onChange={setRep}
        />
        <MultiSelect
          label={t('Also sees these territories and all below')}
          data={tree.data?.territories.map((choice) => ({ value: choice.code, label: `${choice.name || choice.code} (${choice.code})` })) ?? []}
          searchable
          value={grants}
          error={at('grants')}
          onChange={setGrants}
        />
        <PasswordInput
          label={user ? t('New password, only to replace the old one') : t('First password')}
          required={user === null}
          autoComplete="new-password"
          value={password}
          error={at('password')}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {user && <Switch label={t('May log in')} checked={isActive} onChange={(event) => setActive(event.currentTarget.checked)} />}
        {problem && (
          <p role="alert" className={classes.problem}>
            {problem.title}. {problem.detail}
          </p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {user ? t('Save') : t('Let them log in')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
