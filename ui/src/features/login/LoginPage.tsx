// How does a user come in? E-mail and password; in the demo, one button per role.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '@/api/client'
import { problemOf } from '@/api/problem'
import { SESSION_KEY, useSessionQuery, type Session } from '@/api/session'
import { BarePage } from '@/kit/BarePage'
import { t } from '@/pure/words'
import classes from './LoginPage.module.css'

type Credentials = { readonly email: string; readonly password: string }

function useLogin() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (credentials: Credentials) => api.POST('/api/v1/session', { body: credentials }),
    // The answer may be the session or nothing; asking again is right either way.
    onSuccess: () => cache.invalidateQueries({ queryKey: SESSION_KEY }),
  })
}

export default function LoginPage() {
  const { data: session } = useSessionQuery()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const login = useLogin()
  const problem = login.error ? problemOf(login.error) : null
  const demo = session?.demo_logins ?? []
  useEffect(() => {
    document.title = `${t('Log in')} · Fairpatch`
  }, [])
  return (
    <BarePage title={t('Log in')} about={session?.organisation?.name}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          login.mutate({ email, password })
        }}
      >
        <TextInput
          label={t('E-mail')}
          type="email"
          autoComplete="username"
          required
          autoFocus
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('Password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {problem && (
          <p role="alert" className={classes.problem}>
            {problem.detail || problem.title}
          </p>
        )}
        <Button type="submit" loading={login.isPending}>
          {t('Log in')}
        </Button>
      </form>
      {demo.length > 0 && <DemoLogins logins={demo} isBusy={login.isPending} onLogin={login.mutate} />}
    </BarePage>
  )
}

type DemoLoginsProps = {
  readonly logins: Session['demo_logins']
  readonly isBusy: boolean
  readonly onLogin: (credentials: Credentials) => void
}

function DemoLogins({ logins, isBusy, onLogin }: DemoLoginsProps) {
  return (
    <section aria-label={t('Demo log-ins')} className={classes.demo}>
      <p className="soft">{t('This is the demo company. Look around as:')}</p>
      <div className={classes.roles}>
        {logins.map((login) => (
          <button
            key={login.email}
            type="button"
            className={classes.role}
            disabled={isBusy}
            onClick={() => onLogin({ email: login.email, password: login.password })}
          >
            <span className={classes.roleName}>{t(login.role)}</span>
            <span className="soft small">{login.name}</span>
          </button>
        ))}
      </div>
    </section>
  )
}
