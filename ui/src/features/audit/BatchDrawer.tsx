// What exactly was signed in one batch? Its head and its leaves, as they were written.
import { Drawer } from '@mantine/core'
import { Link } from 'wouter'
import { $api } from '@/api/client'
import { useSession } from '@/api/session'
import { CopyButton } from '@/kit/Buttons'
import { DataTable, type Column } from '@/kit/DataTable'
import { ErrorState, Waiting } from '@/kit/Notice'
import { formatCount, formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Audit.module.css'
import type { Batch, Leaf } from './types'

const COLUMNS: readonly Column<Leaf>[] = [
  { key: 'seq', header: '#', value: (leaf) => leaf.seq, align: 'end', width: 56, grow: 0, isSortable: false },
  {
    key: 'account',
    header: t('Account'),
    value: (leaf) => leaf.account_id ?? '',
    render: (leaf) => (leaf.account_id === null ? '–' : <Link href={`/accounts/${leaf.account_id}`}>{leaf.account_id}</Link>),
    width: 88,
    grow: 0,
    isSortable: false,
  },
  { key: 'body', header: t('Signed text'), value: (leaf) => leaf.body, width: 420, grow: 1, isSortable: false },
]

export function BatchDrawer({ batch, onClose }: { readonly batch: number; readonly onClose: () => void }) {
  const query = $api.useQuery('get', '/api/v1/audit/log/{batch}', { params: { path: { batch } } })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t('Batch {n} of the ledger', { n: String(batch) })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <BatchBody batch={query.data} />
      ) : (
        <Waiting />
      )}
    </Drawer>
  )
}

function BatchBody({ batch }: { readonly batch: Batch }) {
  const { organisation } = useSession()
  const { entry, head } = batch
  const facts: readonly (readonly [string, string])[] = [
    [t('Done by'), entry.actor],
    [t('Signed'), formatMoment(head.signed_at, new Date(), organisation.time_zone)],
    [t('Facts'), formatCount(head.size)],
    [t('Key'), head.key_id],
  ]
  return (
    <div className={classes.batch}>
      <p>{entry.sentence}</p>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Hash name={t('Root')} value={head.root} />
      <Hash name={t('Root over all earlier heads')} value={head.log_root} />
      <Hash name={t('Signature')} value={head.signature} />
      <DataTable
        label={t('Signed facts')}
        columns={COLUMNS}
        rows={batch.leaves}
        rowKey={(leaf) => String(leaf.seq)}
        total={head.size}
        height={420}
      />
    </div>
  )
}

function Hash({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className={classes.hash}>
      <span className="soft small">{name}</span>
      <code>{value}</code>
      <CopyButton text={value} label={t('Copy {name}', { name: name.toLowerCase() })} />
    </div>
  )
}
