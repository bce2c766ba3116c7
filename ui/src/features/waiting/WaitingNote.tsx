// Do accounts wait to be moved that no proposal carries? One line above the realignments, nothing when nobody waits.
import { Link } from 'wouter'
import { $api } from '@/api/client'
import { t } from '@/pure/words'

export function WaitingNote() {
  const first = $api.useQuery('get', '/api/v1/realignments/waiting', { params: { query: { limit: 1 } } })
  const count = first.data?.total ?? 0
  if (count === 0) return null
  return (
    <p role="note">
      {t('{n, plural, one {One account waits} other {# accounts wait}} to be moved because of changed data.', { n: count })}{' '}
      <Link href="/realignments/waiting">{t('See what waits')}</Link>
    </p>
  )
}
