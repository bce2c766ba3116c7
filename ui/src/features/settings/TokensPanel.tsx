// Which of one's own programs may use the API? Made here, shown once, ended at once.
import { Button, Checkbox, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, api, type Answer } from '@/api/client'
import { queryClient } from '@/api/queries'
import { useSession } from '@/api/session'
import { CopyButton } from '@/kit/Buttons'
import { ConfirmDialog } from '@/kit/ConfirmDialog'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState, Waiting } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { showProblem } from '@/kit/Toasts'
import { formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Settings.module.css'

type Token = Answer<'/api/v1/tokens'>[number]

function forgetTokens(): void {
  void queryClient.invalidateQueries({ queryKey: ['get', '/api/v1/tokens'] })
}

export function TokensPanel() {
  const { organisation } = useSession()
  const [ending, setEnding] = useState<Token | null>(null)
  const query = $api.useQuery('get', '/api/v1/tokens')
  const end = useMutation({
    mutationFn: (token: Token) => api.DELETE('/api/v1/tokens/{token_id}', { params: { path: { token_id: token.id } } }),
    onSuccess: () => {
      setEnding(null)
      forgetTokens()
    },
  })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Waiting />
  const now = new Date()
  const columns: readonly Column<Token>[] = [
    { key: 'name', header: t('Name'), value: (token) => token.name, width: 180, grow: 2 },
    { key: 'prefix', header: t('Begins with'), value: (token) => token.prefix, width: 120 },
    { key: 'write', header: t('May'), value: (token) => (token.may_write ? t('read and change') : t('read')), width: 140 },
    {
      key: 'at',
      header: t('Made'),
      value: (token) => token.created_at,
      render: (token) => formatMoment(token.created_at, now, organisation.time_zone),
      width: 180,
    },
    {
      key: 'end',
      header: t('End it'),
      value: () => '',
      render: (token) => (
        <Button size="compact-xs" variant="default" aria-label={t('End {name}', { name: token.name })} onClick={() => setEnding(token)}>
          {t('End…')}
        </Button>
      ),
      width: 96,
      grow: 0,
      isSortable: false,
    },
  ]
  return (
    <div className={classes.stack}>
      <NewToken />
      <DataTable
        label={t('Your API tokens')}
        columns={columns}
        rows={query.data}
        rowKey={(token) => String(token.id)}
        height={420}
        empty={<EmptyState title={t('No token yet')} next={t('A token lets a program act as you, with your rights, until you end it.')} />}
      />
      {ending && (
        <ConfirmDialog
          opened
          onClose={() => setEnding(null)}
          title={t('End the token {name}', { name: ending.name })}
          effects={[{ label: t('Programs that use it'), value: t('are refused at once') }]}
          after={t('This cannot be undone; a new token can be made.')}
          verb={t('End it')}
          tone="stop"
          isBusy={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate(ending)}
        />
      )}
    </div>
  )
}

function NewToken() {
  const [name, setName] = useState('')
  const [mayWrite, setMayWrite] = useState(false)
  const make = useMutation({
    mutationFn: async () => (await api.POST('/api/v1/tokens', { body: { name: name.trim(), may_write: mayWrite } })).data,
    onSuccess: () => {
      setName('')
      forgetTokens()
    },
    onError: showProblem,
  })
  return (
    <Section title={t('Make a token')}>
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <TextInput label={t('What is it for?')} required maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Checkbox label={t('It may change things, not only read')} checked={mayWrite} onChange={(event) => setMayWrite(event.currentTarget.checked)} />
        <Button type="submit" loading={make.isPending}>
          {t('Make a token')}
        </Button>
      </form>
      {make.data && (
        <p role="status" className={classes.secret}>
          <span>{t('Copy it now; it is never shown again:')}</span> <code>{make.data.secret}</code>
          <CopyButton text={make.data.secret} label={t('Copy the token')} />
        </p>
      )}
    </Section>
  )
}
