// What was found in the files? Every fault and every repair, with its place and what to do.
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { $api, joinPages, KEYSET } from '@/api/client'
import { CsvExport } from '@/kit/Buttons'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { StatusBadge, type Tone } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import type { ImportFinding, ImportRun } from './types'

type Severity = ImportFinding['severity']

const TONES: Record<Severity, Tone> = { error: 'stop', warning: 'warn', notice: 'plain' }
const NAMES: Record<Severity, string> = { error: 'Fault', warning: 'Warning', notice: 'Repaired' }

const COLUMNS: readonly Column<ImportFinding>[] = [
  {
    key: 'severity',
    header: t('Kind'),
    value: (finding) => finding.severity,
    render: (finding) => <StatusBadge tone={TONES[finding.severity]}>{t(NAMES[finding.severity])}</StatusBadge>,
    width: 110,
    grow: 0,
    isSortable: false,
  },
  { key: 'file', header: t('File'), value: (finding) => finding.file, width: 140, isSortable: false },
  { key: 'row', header: t('Row'), value: (finding) => finding.row ?? '', align: 'end', width: 72, grow: 0, isSortable: false },
  { key: 'where', header: t('Column'), value: (finding) => finding.where, width: 130, isSortable: false },
  { key: 'sentence', header: t('What was found'), value: (finding) => finding.sentence, width: 340, grow: 4, isSortable: false },
  { key: 'suggestion', header: t('Suggestion'), value: (finding) => finding.suggestion ?? '', width: 240, grow: 3, isSortable: false },
]

export function FindingsPanel({ run }: { readonly run: ImportRun }) {
  const [severity, setSeverity] = useState<Severity | ''>('')
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/imports/{import_id}/findings',
    { params: { path: { import_id: run.id }, query: { limit: 200, ...(severity && { severity }) } } },
    KEYSET,
  )
  const count = (key: string) => Number(run.finding_counts[key] ?? 0)
  const choices = [
    { value: '', label: t('All') },
    { value: 'error', label: t('Faults ({n})', { n: count('error') }) },
    { value: 'warning', label: t('Warnings ({n})', { n: count('warning') }) },
    { value: 'notice', label: t('Repairs ({n})', { n: count('notice') }) },
  ]
  return (
    <Section title={t('What was found')} aside={<CsvExport href={`/api/v1/imports/${run.id}/findings.csv`} />}>
      <SegmentedControl
        aria-label={t('Show findings')}
        value={severity}
        onChange={(value) => setSeverity(value as Severity | '')}
        data={choices}
        style={{ alignSelf: 'start', maxWidth: '100%', overflowX: 'auto' }}
      />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          label={t('Findings')}
          columns={COLUMNS}
          {...joinPages(query)}
          rowKey={(finding) => `${finding.file}:${finding.row}:${finding.where}:${finding.sentence}`}
          height={460}
          empty={<EmptyState title={t('Nothing to report')} next={t('Every row can be imported as it is.')} />}
        />
      )}
    </Section>
  )
}
