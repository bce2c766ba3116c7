// How many rows of each kind are new, changed, the same or faulty?
import { Link } from 'wouter'
import { DataTable, type Column } from '@/kit/DataTable'
import { Figure, Figures } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import type { ImportRun } from './types'

type Line = { readonly kind: string; readonly rows: number; readonly new: number; readonly changed: number; readonly unchanged: number; readonly faulty: number }

function readLines(counts: Readonly<Record<string, unknown>>): readonly Line[] {
  return Object.entries(counts)
    .filter((pair): pair is [string, Record<string, number>] => typeof pair[1] === 'object' && pair[1] !== null)
    .map(([kind, count]) => ({
      kind: kind.replaceAll('_', ' '),
      rows: count.rows ?? 0,
      new: count.new ?? 0,
      changed: count.changed ?? 0,
      unchanged: count.unchanged ?? 0,
      faulty: count.faulty ?? 0,
    }))
}

function countColumn(key: Exclude<keyof Line, 'kind'>, header: string): Column<Line> {
  return { key, header, value: (line) => line[key], render: (line) => formatCount(line[key]), align: 'end', width: 96 }
}

const COLUMNS: readonly Column<Line>[] = [
  { key: 'kind', header: t('Kind'), value: (line) => line.kind, width: 140, grow: 2 },
  countColumn('rows', t('Rows')),
  countColumn('new', t('New')),
  countColumn('changed', t('Changed')),
  countColumn('unchanged', t('Unchanged')),
  countColumn('faulty', t('Faulty')),
]

export function CountsPanel({ run }: { readonly run: ImportRun }) {
  const isApplied = run.status === 'applied'
  return (
    <Section title={isApplied ? t('What was imported') : t('What would be imported')}>
      <DataTable label={t('Rows by kind')} columns={COLUMNS} rows={readLines(run.counts)} rowKey={(line) => line.kind} height={360} />
    </Section>
  )
}

export function AppliedPanel({ run }: { readonly run: ImportRun }) {
  const count = (key: string) => Number(run.counts[key] ?? 0)
  return (
    <>
      <Figures>
        <Figure
          label={t('Misplaced accounts')}
          value={formatCount(count('misplaced'))}
          beside={t('owned outside their territory; never moved silently')}
          href="/accounts?list=misplaced"
        />
        <Figure
          label={t('Unassigned accounts')}
          value={formatCount(count('unassigned'))}
          beside={t('claimed by no territory yet')}
          href="/accounts?list=unassigned"
        />
      </Figures>
      <p>
        <Link href="/map">{t('See them on the map')}</Link> · <Link href="/territories">{t('Open the territories')}</Link>
        {run.batch !== null && (
          <>
            {' '}
            · <Link href={`/audit?batch=${run.batch}`}>{t('Proof: batch {n} of the ledger', { n: String(run.batch) })}</Link>
          </>
        )}
      </p>
    </>
  )
}
