// Are there more exceptions than the plan can bear? Locked accounts among all, here and in the worst territories.
import { useState } from 'react'
import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { $api, api } from '@/api/client'
import type { components } from '@/api/schema'
import { useMay } from '@/api/session'
import { queryClient } from '@/api/queries'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { showProblem, showToast } from '@/kit/Toasts'
import { formatCount, formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Locks.module.css'

type Rate = Pick<components['schemas']['ExceptionRates'], 'share' | 'level'>

const WORST = 5
const TONES: Readonly<Record<Rate['level'], 'ok' | 'warn' | 'stop'>> = { ok: 'ok', alarm: 'warn', red: 'stop' }
const WORDS: Readonly<Record<Rate['level'], string>> = { ok: 'in order', alarm: 'many', red: 'too many' }

export function useExceptionRates() {
  return $api.useQuery('get', '/api/v1/locks/exceptions')
}

export function ExceptionBadge({ rate }: { readonly rate: Rate }) {
  return (
    <StatusBadge tone={TONES[rate.level]}>
      {t('{share} locked, {word}', { share: formatShare(rate.share), word: t(WORDS[rate.level]) })}
    </StatusBadge>
  )
}

export function ExceptionGauge() {
  const rates = useExceptionRates()
  const maySettle = useMay('reassign_bulk')
  const [isSettling, setIsSettling] = useState(false)
  if (!rates.data) return null
  const { territories, unsettled } = rates.data
  const worst = territories.filter((row) => row.level !== 'ok').slice(0, WORST)
  const settle = async () => {
    setIsSettling(true)
    try {
      const { data } = await api.POST('/api/v1/locks/settle', {})
      showToast({ title: t('{n, plural, one {# account belongs} other {# accounts belong}} elsewhere now', { n: data!.moved }) })
      await queryClient.invalidateQueries()
    } catch (problem) {
      showProblem(problem)
    } finally {
      setIsSettling(false)
    }
  }
  return (
    <Section title={t('Exceptions')} aside={<ExceptionBadge rate={rates.data} />}>
      <div className={classes.gauge}>
        <p>
          {t('{locked} of {accounts} accounts are held by a lock. From 10 % on, look at the plan; from 15 % on, exceptions have become the rule.', {
            locked: formatCount(rates.data.locked),
            accounts: formatCount(rates.data.accounts),
          })}
        </p>
        {worst.length > 0 && (
          <ul className={classes.worst} aria-label={t('Territories with many locks')}>
            {worst.map((row) => (
              <li key={row.code}>
                <Link href={`/territories/${encodeURIComponent(row.code)}`}>{row.name}</Link>{' '}
                <ExceptionBadge rate={row} />{' '}
                <span className="soft small figures">{t('{locked} of {n}', { locked: row.locked, n: row.accounts })}</span>
              </li>
            ))}
          </ul>
        )}
        {unsettled > 0 && (
          <div className={classes.unsettled} role="note">
            <span>
              {t('{n, plural, one {The lock of one account has} other {The locks of # accounts have}} begun or lapsed since it was decided.', { n: unsettled })}
            </span>
            {maySettle && (
              <Button size="compact-sm" variant="default" loading={isSettling} onClick={() => void settle()}>
                {t('Settle by the layers’ policies')}
              </Button>
            )}
          </div>
        )}
      </div>
    </Section>
  )
}
