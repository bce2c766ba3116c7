// How many rows of each kind are new, changed, the same or faulty?
import { Link } from 'wouter'
import { DataTable, type Column } from '@/kit/DataTable'
import { Figure, Figures } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import type { ImportRun } from './types'

const COUNTS = ['rows', 'sound', 'faulty', 'skipped', 'new', 'changed', 'unchanged'] as const
type Count = (typeof COUNTS)[number]
type Line = { readonly kind: string } & Readonly<Record<Count, number | null>>

function readLines(counts: Readonly<Record<string, unknown>>): readonly Line[] {
  return Object.entries(counts)
    .filter((pair): pair is [string, Partial<Record<Count, number>>] => typeof pair[1] === 'object' && pair[1] !== null)
    .map(([kind, count]) => ({
      kind: kind.replaceAll('_', ' '),
      ...(Object.fromEntries(COUNTS.map((key) => [key, count[key] ?? null])) as Record<Count, number | null>),
    }))
}

function countColumn(key: Count, header: string): Column<Line> {
  return { key, header, value: (line) => line[key], align: 'end', width: 96 }
}

const KIND: Column<Line> = { key: 'kind', header: t('Kind'), value: (line) => line.kind, width: 140, grow: 2 }
const READ = [
  countColumn('rows', t('Rows')),
  countColumn('sound', t('Sound')),
  countColumn('faulty', t('Faulty')),
  countColumn('skipped', t('Skipped')),
]
const DONE = [countColumn('new', t('New')), countColumn('changed', t('Changed')), countColumn('unchanged', t('Unchanged'))]

export function CountsPanel({ run }: { readonly run: ImportRun }) {
  const isApplied = run.status === 'applied'
  return (
    <Section title={isApplied ? t('What was imported') : t('What would be imported')}>
      <DataTable label={t('Rows by kind')} columns={isApplied ? [KIND, ...READ, ...DONE] : [KIND, ...READ]} rows={readLines(run.counts)} rowKey={(line) => line.kind} height={360} />
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
