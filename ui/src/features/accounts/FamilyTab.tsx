// Which other sites belong to this company, and does one rep look after them all?
import { Link } from 'wouter'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState } from '@/kit/Notice'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import type { AccountDetail } from './types'

type Office = AccountDetail['offices'][number]

const COLUMNS: Column<Office>[] = [
  { key: 'name', header: t('Site'), value: (row) => row.name, grow: 2, width: 170 },
  { key: 'place', header: t('Place'), value: (row) => [row.city, row.state, row.country].filter(Boolean).join(', '), width: 140, grow: 1.3 },
  { key: 'territory', header: t('Territory'), value: (row) => row.territory?.name, width: 130 },
  { key: 'owner', header: t('Owner'), value: (row) => row.owner.name, width: 130 },
]

export function FamilyTab({ account }: { readonly account: AccountDetail }) {
  const owners = new Set([account.owner.id, ...account.offices.map((office) => office.owner.id)])
  if (!account.parent && account.offices.length === 0) {
    return (
      <EmptyState
        title={t('A company with one site')}
        next={t('Give an account a head office on its form, and both appear here as a family.')}
      />
    )
  }
  return (
    <div className={classes.stack}>
      {account.parent && (
        <p>
          {t('Part of')} <Link href={`/accounts/${account.parent.id}`}>{account.parent.name}</Link>
        </p>
      )}
      {account.offices.length > 0 && (
        <>
          <p>
            {t('{n, plural, one {# site} other {# sites}} below this account.', { n: account.offices.length })}{' '}
            {owners.size > 1
              ? t('{n} different owners look after the family.', { n: owners.size })
              : t('One owner looks after all of them.')}
          </p>
          <DataTable
            label={t('Sites')}
            columns={COLUMNS}
            rows={account.offices}
            rowKey={(row) => String(row.id)}
            rowHref={(row) => `/accounts/${row.id}`}
            height={440}
          />
        </>
      )}
    </div>
  )
}
