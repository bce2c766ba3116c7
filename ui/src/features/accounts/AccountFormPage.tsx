// How is an account created or changed? A typed form; the server has the last word, field by field.
import { Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import { useParams } from 'wouter'
import { useMay, useSession } from '@/api/session'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { t } from '@/pure/words'
import { useFields } from '../territories/reading'
import { AccountForm } from './AccountForm'
import { minorPerUnit } from './filters'
import { customFields } from './form'
import { useAccount } from './reading'

export default function AccountFormPage() {
  const { id } = useParams<{ id?: string }>()
  return id ? <EditAccount key={id} id={Number(id)} /> : <NewAccount />
}

function NewAccount() {
  const mayEdit = useMay('edit_accounts')
  return (
    <Page layout="read">
      <PageHeader
        title={t('New account')}
        trail={[{ label: t('Accounts'), href: '/accounts' }]}
        about={t('The live plan decides at once who owns it.')}
      />
      {mayEdit ? <FormWithFields account={undefined} /> : <NotAllowed />}
    </Page>
  )
}

function EditAccount({ id }: { readonly id: number }) {
  const mayEdit = useMay('edit_accounts')
  const account = useAccount(id)
  return (
    <Page layout="read">
      <PageHeader
        title={account.data ? t('Edit {name}', { name: account.data.name }) : t('Edit the account')}
        trail={[
          { label: t('Accounts'), href: '/accounts' },
          ...(account.data ? [{ label: account.data.name, href: `/accounts/${id}` }] : []),
        ]}
        about={t('Whom a change moves is shown before you save. What happens then is the policy of each layer.')}
      />
      {!mayEdit ? (
        <NotAllowed />
      ) : account.error ? (
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      ) : account.data ? (
        <FormWithFields account={account.data} />
      ) : (
        <Skeleton height={320} />
      )}
    </Page>
  )
}

function NotAllowed() {
  return <EmptyState title={t('Your role reads accounts only')} next={t('Ask a manager or an administrator to make the change.')} />
}

function FormWithFields({ account }: { readonly account: Parameters<typeof AccountForm>[0]['account'] }) {
  const { currency } = useSession().organisation
  const fields = useFields('active')
  const custom = useMemo(() => customFields(fields.data ?? []), [fields.data])
  if (fields.error) return <ErrorState error={fields.error} onRetry={() => void fields.refetch()} />
  if (!fields.data) return <Skeleton height={320} />
  return <AccountForm account={account} custom={custom} minor={minorPerUnit(currency)} />
}
