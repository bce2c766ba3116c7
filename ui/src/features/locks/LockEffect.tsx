// What would setting or ending this lock move today?
import { keepPreviousData } from '@tanstack/react-query'
import { $api } from '@/api/client'
import type { components } from '@/api/schema'
import { t } from '@/pure/words'
import { EffectList } from '../accounts/ChangeEffect'

type LockQuestion = components['schemas']['LockQuestion']

export function LockEffect({ question }: { readonly question: LockQuestion }) {
  const answer = $api.useQuery(
    'post',
    '/api/v1/locks/preview',
    { body: question },
    { placeholderData: keepPreviousData, retry: false, staleTime: 0, gcTime: 30_000 },
  )
  if (!answer.data) return null
  const { effects, hidden } = answer.data
  return (
    <section role="status" aria-label={t('What this lock moves')} aria-busy={answer.isPlaceholderData}>
      {effects.length === 0 && hidden === 0 ? (
        <p className="soft">{t('Nobody moves today.')}</p>
      ) : (
        <EffectList effects={effects} isNew={false} />
      )}
      {hidden > 0 && <p>{t('{n, plural, one {One account} other {# accounts}} outside your scope would move too.', { n: hidden })}</p>}
    </section>
  )
}
