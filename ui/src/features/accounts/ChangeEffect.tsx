// Whom would these entries move? Asked while one types, for the account, its family and every layer; then what the policy makes of it.
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData } from '@tanstack/react-query'
import { Link } from 'wouter'
import { $api } from '@/api/client'
import type { components } from '@/api/schema'
import { useSession } from '@/api/session'
import { BeforeAfter } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import type { AccountFields } from './types'

export type AccountEffect = components['schemas']['AccountEffect']

type ChangeEffectProps = {
  /** Absent: an account that is being created. */
  readonly accountId: number | undefined
  readonly fields: AccountFields
  /** There is something to ask about, and it can be read. */
  readonly isAsked: boolean
}

export function ChangeEffect({ accountId, fields, isAsked }: ChangeEffectProps) {
  const [asked] = useDebouncedValue(fields, 300)
  const answer = $api.useQuery(
    'post',
    '/api/v1/accounts/preview',
    { body: { ...asked, name: asked.name ?? (accountId === undefined ? t('New account') : undefined), account_id: accountId ?? null } },
    { enabled: isAsked, placeholderData: keepPreviousData, retry: false, staleTime: 0, gcTime: 30_000 },
  )
  if (!isAsked || answer.error || !answer.data) return null
  const { effects, hidden, outcomes } = answer.data
  const isStale = answer.isPlaceholderData || asked !== fields
  return (
    <Section title={accountId === undefined ? t('Where it will belong') : t('What this change moves')}>
      <div className={classes.stack} role="status" aria-busy={isStale} data-stale={isStale || undefined}>
        {effects.length === 0 && hidden === 0 ? (
          <p className="soft">{t('Nothing. Every account of the family stays where it is, in every layer.')}</p>
        ) : (
          <EffectList effects={effects} isNew={accountId === undefined} />
        )}
        {hidden > 0 && (
          <p>{t('{n, plural, one {One account} other {# accounts}} of the family outside your scope would move too.', { n: hidden })}</p>
        )}
        {accountId !== undefined && outcomes.map((outcome) => <p key={outcome.policy}>{outcome.sentence}</p>)}
      </div>
    </Section>
  )
}

export function EffectList({ effects, isNew }: { readonly effects: readonly AccountEffect[]; readonly isNew: boolean }) {
  const { currency } = useSession().organisation
  return (
    <ul className={classes.effects}>
      {effects.map((effect) => (
        <li key={`${effect.account.id} ${effect.layer}`} className={classes.effect}>
          <span>
            {effect.account.id !== null && effect.is_relative ? (
              <Link href={`/accounts/${effect.account.id}`}>{effect.account.name}</Link>
            ) : (
              <strong>{effect.account.name}</strong>
            )}{' '}
            <span className="soft small">
              {effect.is_relative ? t('of the family, in {layer}', { layer: effect.layer }) : t('in {layer}', { layer: effect.layer })}
            </span>
          </span>
          <span>{isNew ? placeOf(effect.to_territory) : <BeforeAfter before={placeOf(effect.from_territory)} after={placeOf(effect.to_territory)} />}</span>
          <span>{isNew ? personOf(effect.to_rep) : <BeforeAfter before={personOf(effect.from_rep)} after={personOf(effect.to_rep)} />}</span>
          {effect.open_deals > 0 && (
            <span className="soft small">
              {t('{n, plural, one {# open deal} other {# open deals}}, {money}', {
                n: effect.open_deals,
                money: formatMoney(effect.pipeline_minor, currency, 'short'),
              })}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function placeOf(territory: AccountEffect['to_territory']): string {
  return territory?.name ?? t('unassigned')
}

function personOf(rep: AccountEffect['to_rep']): string {
  return rep?.name ?? t('nobody')
}
