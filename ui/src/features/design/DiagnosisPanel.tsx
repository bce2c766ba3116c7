// How is the book today, and can the request be met? Asked anew while the form is filled in.
import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '@/api/client'
import { problemOf, type Problem } from '@/api/problem'
import { DeviationBar } from '@/kit/Figure'
import { Waiting } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import { suggestBudget } from './question'
import { sayShare, type DesignForm, type Diagnosis } from './types'

const PATIENCE = 500
const FEW = 12

/** The diagnosis of what the form asks now; the former one stays until the next is there. */
export function useDiagnosis(form: DesignForm) {
  const { name: _, ...asked } = form
  const [settled] = useDebouncedValue(JSON.stringify(asked), PATIENCE)
  return useQuery({
    queryKey: ['post', '/api/v1/designs/diagnosis', settled],
    queryFn: async () => (await api.POST('/api/v1/designs/diagnosis', { body: JSON.parse(settled) as DesignForm })).data!,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

type PanelProps = {
  readonly query: ReturnType<typeof useDiagnosis>
  readonly budgetPercent: number | null
  readonly onBudget: (percent: number) => void
}

export function DiagnosisPanel({ query, budgetPercent, onBudget }: PanelProps) {
  const problem = query.error ? problemOf(query.error) : null
  return (
    <Section
      title={t('Diagnosis')}
      aside={query.data && !problem && <Verdict isPossible={query.data.is_possible} />}
    >
      <div aria-live="polite" aria-busy={query.isFetching} className={classes.stack}>
        {problem && (
          <ul className={classes.told}>
            {listFaults(problem).map((sentence) => (
              <li key={sentence} className={classes.problem}>
                {sentence}
              </li>
            ))}
          </ul>
        )}
        {!problem && !query.data && <Waiting label={t('Looking at the books…')} />}
        {!problem && query.data && (
          <Words found={query.data}>
            <WiderBudget found={query.data} budgetPercent={budgetPercent} onBudget={onBudget} />
          </Words>
        )}
      </div>
    </Section>
  )
}

function listFaults(problem: Problem): string[] {
  const { findings } = problem.body
  return Array.isArray(findings) ? findings.map((finding: { sentence: string }) => finding.sentence) : [problem.detail]
}

function Verdict({ isPossible }: { readonly isPossible: boolean }) {
  return isPossible ? (
    <StatusBadge tone="ok">{t('Nothing speaks against it')}</StatusBadge>
  ) : (
    <StatusBadge tone="stop">{t('Cannot be met as asked')}</StatusBadge>
  )
}

type WiderBudgetProps = Omit<PanelProps, 'query'> & { readonly found: Diagnosis }

/** Where the budget is proven too small, one that is not, in one click. */
function WiderBudget({ found, budgetPercent, onBudget }: WiderBudgetProps) {
  const least = found.least_moves.find(({ tolerance }) => tolerance === null)
  const percent = suggestBudget(budgetPercent, least?.share ?? null)
  if (percent === null) return null
  return (
    <div>
      <Button variant="default" onClick={() => onBudget(percent)}>
        {t('Allow {percent} % to move', { percent })}
      </Button>
    </div>
  )
}

function Words({ found, children }: { readonly found: Diagnosis; readonly children: ReactNode }) {
  return (
    <>
      <p className="figures">
        <strong>{t('{n, plural, one {# account} other {# accounts}}', { n: found.accounts })}</strong>{' '}
        {t('for {n, plural, one {# territory} other {# territories}}', { n: found.places.length })}
      </p>
      <ul className={classes.told}>
        {[...found.sentences, ...found.left_out, ...found.doubts].map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {children}
      {found.owned > 0 && found.measures.map((measure) => <Today key={measure.name} measure={measure} found={found} />)}
    </>
  )
}

type TodayProps = { readonly measure: Diagnosis['measures'][number]; readonly found: Diagnosis }

/** The territories furthest from their share, today. */
function Today({ measure, found }: TodayProps) {
  const names = new Map(found.places.map((place) => [place.code, place.name]))
  const worst = [...measure.territories].sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation)).slice(0, FEW)
  return (
    <div className={classes.scroller}>
      <table className={classes.table}>
        <caption className="visually-hidden">{t('{measure} today', { measure: measure.label })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('Furthest today')}</th>
            <th scope="col" colSpan={2}>
              {measure.label}
            </th>
          </tr>
        </thead>
        <tbody>
          {worst.map((row) => {
            const off = `${row.deviation >= 0 ? '+' : '−'}${sayShare(Math.abs(row.deviation))}`
            return (
              <tr key={row.code}>
                <th scope="row">{names.get(row.code) ?? row.code}</th>
                <td>
                  <DeviationBar deviation={row.deviation} tolerance={measure.tolerance} extreme={1} label={off} />
                </td>
                <td className={classes.end}>{off}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
