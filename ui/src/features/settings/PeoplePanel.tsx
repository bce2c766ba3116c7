// Who may log in, as what, and how far do they see?
import { Button } from '@mantine/core'
import { useState } from 'react'
import { $api, type Answer } from '@/api/client'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { ErrorState, Waiting } from '@/kit/Notice'
import { StatusBadge } from '@/kit/StatusBadge'
import { formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import { UserDialog } from './UserDialog'

export type User = Answer<'/api/v1/users'>[number]

function listColumns(timeZone: string): readonly Column<User>[] {
  const now = new Date()
  return [
    { key: 'name', header: t('Name'), value: (user) => user.name, width: 180, grow: 2 },
    { key: 'email', header: t('E-mail'), value: (user) => user.email, width: 220, grow: 2 },
    { key: 'role', header: t('Role'), value: (user) => t(user.role), width: 110 },
    { key: 'rep', header: t('Is the rep'), value: (user) => user.rep_name ?? '', render: (user) => user.rep_name ?? '–', width: 160 },
    {
      key: 'grants',
      header: t('Also sees'),
      value: (user) => user.grants.join(', '),
      render: (user) => user.grants.join(', ') || '–',
      width: 140,
    },
    {
      key: 'active',
      header: t('State'),
      value: (user) => (user.is_active ? 1 : 0),
      render: (user) => <StatusBadge tone={user.is_active ? 'ok' : 'plain'}>{user.is_active ? t('may log in') : t('shut out')}</StatusBadge>,
      width: 120,
      grow: 0,
    },
    {
      key: 'seen',
      header: t('Last log-in'),
      value: (user) => user.last_login_at ?? '',
      render: (user) => (user.last_login_at ? formatMoment(user.last_login_at, now, timeZone) : t('never')),
      width: 180,
    },
  ]
}

export function PeoplePanel() {
  const { organisation } = useSession()
  const [edited, setEdited] = useState<User | 'new' | null>(null)
  const query = $api.useQuery('get', '/api/v1/users')
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Waiting />
  return (
    <>
      <DataTable
        label={t('People')}
        columns={listColumns(organisation.time_zone)}
        rows={query.data}
        rowKey={(user) => String(user.id)}
        onRow={setEdited}
        height={560}
        chooserName="people"
        tools={
          <Button size="compact-sm" onClick={() => setEdited('new')}>
            {t('Add a person…')}
          </Button>
        }
      />
      {edited && <UserDialog user={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  )
}
