// What does this draft change of the set, and who changed it when?
import { $api } from '@/api/client'
import { useSession } from '@/api/session'
import { formatCount, formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import classes from '../territories/Territories.module.css'

const SHOWN = 20

export function SetHistory({ planId, name }: { readonly planId: number; readonly name: string }) {
  const { organisation } = useSession()
  const answer = $api.useQuery('get', '/api/v1/plans/{plan_id}/lists/{name}', { params: { path: { plan_id: planId, name } } })
  if (!answer.data) return null
  const { added, removed, history } = answer.data
  const now = new Date()
  return (
    <section aria-label={t('Changes of this set')} className={classes.stack}>
      {added.length > 0 && <p>{t('Added against the live plan: {some}', { some: sample(added) })}</p>}
      {removed.length > 0 && <p>{t('Removed against the live plan: {some}', { some: sample(removed) })}</p>}
      {history.length > 0 && (
        <ul aria-label={t('History')}>
          {history.map((one) => (
            <li key={one.batch} className="small">
              {one.is_removal
                ? t('{actor} removed the set', { actor: one.actor })
                : t('{actor} wrote {n, plural, one {# value} other {# values}}', { actor: one.actor, n: one.size ?? 0 })}{' '}
              <span className="soft">{formatMoment(one.at, now, organisation.time_zone)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function sample(values: readonly string[]): string {
  const rest = values.length - SHOWN
  return values.slice(0, SHOWN).join(', ') + (rest > 0 ? ` ${t('and {n} more', { n: formatCount(rest) })}` : '')
}
