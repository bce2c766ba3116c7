// Which accounts does the territory hold, its branches included?
import { useState } from 'react'
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { DataTable } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'
import { accountColumns } from '../accounts/columns'
import { accountsHref } from '../accounts/filters'
import { useAccounts } from '../accounts/reading'

export function TerritoryAccounts({ code }: { readonly code: string }) {
  const { currency } = useSession().organisation
  const [sort, setSort] = useState('name')
  const accounts = useAccounts({ territory: code, sort })
  if (accounts.answer.error) return <ErrorState error={accounts.answer.error} onRetry={() => void accounts.answer.refetch()} />
  return (
    <DataTable
      label={t('Accounts of the territory')}
      columns={accountColumns(currency)}
      rows={accounts.rows}
      rowKey={(row) => String(row.id)}
      rowHref={(row) => `/accounts/${row.id}`}
      sort={{ key: sort.replace('-', ''), isDescending: sort.startsWith('-') }}
      onSort={(next) => setSort(`${next.isDescending ? '-' : ''}${next.key}`)}
      hasMore={accounts.hasMore}
      onMore={accounts.onMore}
      isLoadingMore={accounts.isLoadingMore}
      total={accounts.total}
      chooserName="territory.accounts"
      height={560}
      tools={<Link href={accountsHref({ territory: code })}>{t('Open with filters')}</Link>}
      empty={<EmptyState title={t('No accounts')} next={t('A rule or a named list brings accounts here with the next realignment.')} />}
    />
  )
}
