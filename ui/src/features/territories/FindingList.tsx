// What is wrong, where, and what would mend it? One finding a line.
import { StatusBadge } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import classes from './Territories.module.css'
import type { Finding } from './types'

const TONES = { error: 'stop', warning: 'warn', notice: 'plain' } as const
const ORDER = ['error', 'warning', 'notice'] as const

type FindingListProps = {
  readonly findings: readonly Finding[]
  /** Leads to the place in the text, where there is one. */
  readonly onLine?: (line: number, column: number) => void
}

export function FindingList({ findings, onLine }: FindingListProps) {
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
  return (
    <ul className={classes.findings} aria-label={t('Findings')}>
      {sorted.map((finding, place) => (
        <li key={place} className={classes.finding}>
          <StatusBadge tone={TONES[finding.severity]}>{t(finding.severity)}</StatusBadge>
          <div>
            <p>{finding.sentence}</p>
            {finding.suggestion && <p className="soft">{finding.suggestion}</p>}
            <p className="soft small">
              {finding.line && onLine ? (
                <button
                  type="button"
                  className={classes.linkButton}
                  onClick={() => onLine(finding.line ?? 1, finding.column ?? 1)}
                >
                  {t('line {line}', { line: finding.line })}
                </button>
              ) : (
                finding.line && t('line {line}', { line: finding.line })
              )}
              {finding.line && finding.where ? ' · ' : ''}
              {finding.where}
            </p>
          </div>
        </li>
      ))}
    </ul>
  )
}
