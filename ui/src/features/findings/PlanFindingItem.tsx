// What was found, which record shows it, and where is it mended?
import { Link } from 'wouter'
import { StatusBadge } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import classes from './Findings.module.css'
import { recordHref, ruleHref } from './links'
import type { PlanFinding } from './reading'

const TONES = { error: 'stop', warning: 'warn', notice: 'plain' } as const

type PlanFindingItemProps = {
  readonly finding: PlanFinding
  /** What addresses take as `plan`. */
  readonly plan: string
  /** The territory whose page this is: no link to where one already is. */
  readonly home?: string
}

export function PlanFindingItem({ finding, plan, home }: PlanFindingItemProps) {
  const record = recordHref(finding, plan)
  const territories = [finding.territory, ...finding.others.slice(0, 3)].filter((code) => code !== null && code !== home)
  return (
    <li className={classes.item}>
      <StatusBadge tone={TONES[finding.severity]}>{t(finding.severity)}</StatusBadge>
      <div className={classes.words}>
        <p>{finding.sentence}</p>
        {finding.suggestion && <p className="soft">{finding.suggestion}</p>}
        {!finding.is_certain && (
          <p className="soft small">{t('Possibly: conditions on text or positions leave it open. No record was found against it.')}</p>
        )}
        <p className={classes.links}>
          {[...new Set(territories)].map((code) => (
            <Link key={code} href={ruleHref(code!, plan)}>
              {t('Open rule of {code}', { code: code! })}
            </Link>
          ))}
          {record && <Link href={record}>{t('Try this record')}</Link>}
          {!finding.territory && <span className="soft small">{finding.where}</span>}
        </p>
      </div>
    </li>
  )
}
