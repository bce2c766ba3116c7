// Which accounts are locked, which locks lapse soon, and what becomes of each account then?
import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload, IconLock, IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { $api, joinPages, KEYSET } from '@/api/client'
import type { components } from '@/api/schema'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { formatDate } from '@/pure/format'
import { t } from '@/pure/words'
import { DraftBar } from '../territories/DraftBar'
import { useChosenPlan } from '../territories/plans'
import { ExceptionGauge } from './ExceptionGauge'
import classes from './Locks.module.css'

type LockRow = components['schemas']['LockRow']

const SHOWN: readonly { readonly value: string; readonly label: string }[] = [
  { value: '', label: 'All' },
  { value: '30', label: 'Lapse in 30 days' },
  { value: '60', label: '60 days' },
  { value: '90', label: '90 days' },
  { value: 'lapsed', label: 'Lapsed' },
]
const STATES: Readonly<Record<LockRow['state'], string>> = { live: 'holds', coming: 'to come', lapsed: 'lapsed' }

const COLUMNS: readonly Column<LockRow>[] = [
  { key: 'name', header: t('Account'), value: (row) => row.name ?? row.id_text, width: 170, grow: 2, isSortable: false },
  { key: 'territory', header: t('Locked to'), value: (row) => row.territory_name, width: 130, isSortable: false },
  { key: 'layer', header: t('Layer'), value: (row) => row.layer, width: 80, grow: 0, isSortable: false },
  {
    key: 'state',
    header: t('State'),
    value: (row) => row.state,
    render: (row) => <StatusBadge tone={row.state === 'live' ? 'ok' : row.state === 'lapsed' ? 'warn' : undefined}>{t(STATES[row.state])}</StatusBadge>,
    width: 100,
    grow: 0,
    isSortable: false,
  },
  { key: 'until', header: t('Until'), value: (row) => row.until_on, render: (row) => <Until row={row} />, width: 150, isSortable: false },
  { key: 'after', header: t('Afterwards'), value: (row) => row.afterwards?.sentence, width: 220, grow: 3, isSortable: false },
  { key: 'reason', header: t('Reason'), value: (row) => row.reason, width: 120, isSortable: false },
  { key: 'owner', header: t('Owner'), value: (row) => row.owner?.name, width: 120, isSortable: false },
]

function Until({ row }: { readonly row: LockRow }) {
  if (!row.until_on) return <span className="soft">{t('without end')}</span>
  const left = row.days_left ?? -1
  return (
    <>
      {formatDate(row.until_on)} {left >= 0 && left <= 90 && <span className="soft small">{t('{n, plural, =0 {today} one {# day} other {# days}}', { n: left })}</span>}
    </>
  )
}

export default function LocksPage() {
  const chosen = useChosenPlan()
  const [view, change] = useView()
  const shown = view.get('show') ?? view.get('within_days') ?? ''
  const [words, setWords] = useState(view.get('q') ?? '')
  const [q] = useDebouncedValue(words.trim(), 250)
  useEffect(() => {
    if (q !== (new URLSearchParams(window.location.search).get('q') ?? '')) change({ q: q || null })
  }, [q, change])
  const filters = {
    plan: chosen.param,
    ...(q && { q }),
    ...(shown === 'lapsed' ? { state: 'lapsed' as const } : shown && { within_days: Number(shown) }),
  }
  const query = $api.useInfiniteQuery('get', '/api/v1/locks', { params: { query: { ...filters, limit: 100 } } }, KEYSET)
  const pages = joinPages(query)
  const href = `/api/v1/locks/export.csv?${new URLSearchParams(Object.entries(filters).map(([key, value]) => [key, String(value)]))}`
  return (
    <Page layout="fill">
      <PageHeader
        title={t('Locks')}
        trail={[{ label: t('Territories'), href: chosen.link('/territories') }]}
        about={t('A lock ties an account to a territory, whatever the rules say, until it lapses. Set and end them in a draft, on the territory’s page.')}
      />
      <DraftBar chosen={chosen} />
      {chosen.param === 'active' && <ExceptionGauge />}
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t('Show')}
          value={shown}
          onChange={(value) => change({ show: value || null, within_days: null })}
          data={SHOWN.map((choice) => ({ value: choice.value, label: t(choice.label) }))}
        />
        <TextInput
          type="search"
          aria-label={t('Find a lock by account or reason')}
          placeholder={t('Find a lock')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Button component="a" href={href} variant="default" leftSection={<IconDownload size={16} aria-hidden="true" />}>
          {t('Export as CSV')}
        </Button>
      </div>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          label={t('Locks')}
          columns={COLUMNS}
          {...pages}
          rowKey={(row) => String(row.id)}
          rowHref={(row) => `/territories/${encodeURIComponent(row.territory)}?tab=lists`}
          empty={
            <EmptyState
              icon={<IconLock size={28} aria-hidden="true" />}
              title={shown || q ? t('No lock fits') : t('No account is locked')}
              next={t('Lock an account on its territory’s page, in a draft.')}
            />
          }
        />
      )}
    </Page>
  )
}
