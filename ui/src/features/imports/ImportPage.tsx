// How do a company's files become records? Upload, confirm the columns, read the findings, import.
import { $api, joinPages, KEYSET } from '@/api/client'
import { useMay, useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState } from '@/kit/Notice'
import { Page, PageHeader, Section } from '@/kit/Page'
import { StatusBadge, type Tone } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import { RunPanel } from './RunPanel'
import type { ImportRow } from './types'
import { UploadPanel } from './UploadPanel'

const TONES: Record<ImportRow['status'], Tone> = { uploaded: 'accent', checked: 'accent', applied: 'ok', cancelled: 'plain', failed: 'stop' }
const NAMES: Record<ImportRow['status'], string> = {
  uploaded: 'Columns to confirm',
  checked: 'Checked, not imported',
  applied: 'Imported',
  cancelled: 'Dropped',
  failed: 'Failed',
}

export default function ImportPage() {
  const [view, change] = useView()
  const mayImport = useMay('import')
  const id = view.get('import') ? Number(view.get('import')) : null
  const jobId = view.get('job') ? Number(view.get('job')) : null
  if (!mayImport) {
    return (
      <Page layout="read">
        <EmptyState title={t('Your role does not import files')} next={t('Ask a planner or an administrator.')} />
      </Page>
    )
  }
  return (
    <Page>
      <PageHeader
        title={t('Import')}
        about={t('Bring in accounts, people, territories and deals. Importing the same files again changes nothing.')}
      />
      {id === null ? (
        <>
          <UploadPanel onUploaded={(uploaded) => change({ import: uploaded, job: null }, 'push')} />
          <PastImports />
        </>
      ) : (
        <RunPanel
          key={id}
          id={id}
          jobId={jobId}
          onJob={(started) => change({ job: started })}
          onClose={() => change({ import: null, job: null }, 'push')}
        />
      )}
    </Page>
  )
}

function PastImports() {
  const { organisation } = useSession()
  const query = $api.useInfiniteQuery('get', '/api/v1/imports', { params: { query: { limit: 50 } } }, KEYSET)
  const pages = joinPages(query)
  if (pages.rows.length === 0) return null
  const now = new Date()
  const columns: readonly Column<ImportRow>[] = [
    { key: 'id', header: t('Import'), value: (row) => row.id, render: (row) => `#${row.id}`, width: 80, grow: 0, isSortable: false },
    {
      key: 'status',
      header: t('State'),
      value: (row) => row.status,
      render: (row) => <StatusBadge tone={TONES[row.status]}>{t(NAMES[row.status])}</StatusBadge>,
      width: 190,
      isSortable: false,
    },
    { key: 'by', header: t('By'), value: (row) => row.created_by ?? t('the operator'), width: 140, isSortable: false },
    {
      key: 'at',
      header: t('When'),
      value: (row) => row.applied_at ?? row.created_at,
      render: (row) => formatMoment(row.applied_at ?? row.created_at, now, organisation.time_zone),
      width: 190,
      isSortable: false,
    },
  ]
  return (
    <Section title={t('Earlier imports')}>
      <DataTable
        label={t('Earlier imports')}
        columns={columns}
        {...pages}
        rowKey={(row) => String(row.id)}
        rowHref={(row) => `/import?import=${row.id}`}
        height={360}
      />
    </Section>
  )
}
