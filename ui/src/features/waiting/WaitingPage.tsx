// Which accounts belong elsewhere by their data, and shall they be moved together now?
import { Button } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import { useState } from 'react'
import { $api, joinPages, KEYSET } from '@/api/client'
import type { components } from '@/api/schema'
import { useMay, useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import { ProposeDialog } from '../territories/ProposeDialog'

type WaitingRow = components['schemas']['WaitingRow']

const POLICIES: Readonly<Record<WaitingRow['policy'], string>> = {
  at_once: 'move at once',
  propose: 'propose',
  next_cycle: 'wait for the next cycle',
}

function listColumns(timeZone: string): readonly Column<WaitingRow>[] {
  const now = new Date()
  return [
    { key: 'name', header: t('Account'), value: (row) => row.account.name, width: 220, grow: 2, isSortable: false },
    { key: 'layer', header: t('Layer'), value: (row) => row.layer, width: 90, grow: 0, isSortable: false },
    { key: 'from', header: t('Held in'), value: (row) => row.from_territory?.name ?? t('no territory'), width: 150, isSortable: false },
    { key: 'to', header: t('Belongs to'), value: (row) => row.to_territory?.name ?? t('no territory'), width: 150, isSortable: false },
    { key: 'owner', header: t('Owner'), value: (row) => row.owner.name, width: 130, isSortable: false },
    { key: 'reason', header: t('Because'), value: (row) => row.reason, width: 220, grow: 2, isSortable: false },
    { key: 'policy', header: t('Policy of the layer'), value: (row) => t(POLICIES[row.policy]), width: 150, isSortable: false },
    { key: 'since', header: t('Since'), value: (row) => row.since, render: (row) => formatMoment(row.since, now, timeZone), width: 150, isSortable: false },
  ]
}

export default function WaitingPage() {
  const { organisation } = useSession()
  const mayPropose = useMay('propose')
  const [isProposing, setIsProposing] = useState(false)
  const query = $api.useInfiniteQuery('get', '/api/v1/realignments/waiting', { params: { query: { limit: 100 } } }, KEYSET)
  const pages = joinPages(query)
  const count = query.data?.pages[0]?.total ?? 0
  return (
    <Page layout="fill">
      <PageHeader
        title={t('Accounts that wait to be moved')}
        trail={[{ label: t('Realignments'), href: '/realignments' }]}
        about={t('Their data changed, so they belong elsewhere. Nothing has moved them yet; the next plan takes them along.')}
        actions={
          mayPropose && count > 0 && (
            <Button onClick={() => setIsProposing(true)}>
              {t('Propose {n, plural, one {this move} other {these # moves}}…', { n: count })}
            </Button>
          )
        }
      />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          label={t('Accounts that wait to be moved')}
          columns={listColumns(organisation.time_zone)}
          {...pages}
          rowKey={(row) => `${row.account.id} ${row.layer}`}
          rowHref={(row) => `/accounts/${row.account.id}`}
          empty={
            <EmptyState
              icon={<IconHourglass size={28} aria-hidden="true" />}
              title={t('Nobody waits')}
              next={t('Every account is where its data say, or an open proposal is to move it.')}
            />
          }
        />
      )}
      {isProposing && (
        <ProposeDialog
          title={t('Move what waits')}
          intent={{ kind: 'changes' }}
          suggestedTitle={t('{n, plural, one {# account follows its} other {# accounts follow their}} changed data', { n: count })}
          onClose={() => setIsProposing(false)}
        />
      )}
    </Page>
  )
}
