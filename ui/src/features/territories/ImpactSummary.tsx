// What does a realignment do, before it is proposed? Its weight, and who has how much before and after.
import { useSession } from '@/api/session'
import { BeforeAfter, Figure, Figures } from '@/kit/Figure'
import { formatCount, formatDelta, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Territories.module.css'
import type { Impact, RealignmentPreview } from './types'

const SHOWN_REPS = 8
type RepImpact = Impact['reps'][number]

export function ImpactSummary({ preview }: { readonly preview: RealignmentPreview }) {
  const { currency } = useSession().organisation
  const { impact } = preview
  const money = (minor: number) => formatMoney(minor, currency, 'short')
  if (preview.move_count === 0) {
    return (
      <p className={classes.quiet} role="status">
        {t('No account changes its owner or territory. The proposal changes the plan only.')}
      </p>
    )
  }
  const reps = [...impact.reps].sort((a, b) => weightOf(b) - weightOf(a))
  const rest = reps.length - SHOWN_REPS
  return (
    <div className={classes.stack} role="status">
      <Figures>
        <Figure label={t('Accounts that move')} value={formatCount(impact.accounts)} beside={money(impact.revenue_minor)} />
        <Figure label={t('Open deals')} value={formatCount(impact.open_deals)} beside={money(impact.pipeline_minor)} />
        <Figure label={t('Activities due')} value={formatCount(impact.activities_due)} />
        <Figure label={t('Relationships broken')} value={formatCount(impact.relationships)} />
      </Figures>
      <table className={classes.plainTable}>
        <caption className="visually-hidden">{t('Before and after, per rep')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('Rep')}</th>
            <th scope="col" className={classes.end}>{t('In')}</th>
            <th scope="col" className={classes.end}>{t('Out')}</th>
            <th scope="col" className={classes.end}>{t('Accounts')}</th>
            <th scope="col" className={classes.end}>{t('Open pipeline')}</th>
          </tr>
        </thead>
        <tbody>
          {reps.slice(0, SHOWN_REPS).map((rep) => (
            <tr key={rep.rep.id}>
              <th scope="row">{rep.rep.name}</th>
              <td className={classes.end}>{formatCount(rep.in.accounts)}</td>
              <td className={classes.end}>{formatCount(rep.out.accounts)}</td>
              <td className={classes.end}>
                <BeforeAfter
                  before={formatCount(rep.before.accounts)}
                  after={formatCount(rep.after.accounts)}
                  difference={formatDelta(rep.after.accounts - rep.before.accounts)}
                />
              </td>
              <td className={classes.end}>
                <BeforeAfter
                  before={money(rep.before.pipeline_minor)}
                  after={money(rep.after.pipeline_minor)}
                  difference={formatDelta(rep.after.pipeline_minor - rep.before.pipeline_minor, money)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p className="soft small">{t('and {n, plural, one {# more rep} other {# more reps}}, in full on the proposal’s page', { n: rest })}</p>}
    </div>
  )
}

function weightOf(rep: RepImpact): number {
  return rep.in.accounts + rep.out.accounts
}
