// Which conditions hold for this account, and which do not? A mark, a sentence, what the account has.
import { IconCheck, IconX } from '@tabler/icons-react'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import type { Condition } from './types'

export function ConditionList({ conditions }: { readonly conditions: readonly Condition[] }) {
  return (
    <ul className={classes.conditions} aria-label={t('Conditions')}>
      {conditions.map((condition, place) => (
        <li key={place} className={classes.condition}>
          {condition.holds ? (
            <IconCheck size={16} className={classes.holds} role="img" aria-label={t('holds:')} />
          ) : (
            <IconX size={16} className={classes.fails} role="img" aria-label={t('does not hold:')} />
          )}
          <span>
            {condition.sentence}
            {condition.value && <span className="soft"> {t('(here: {value})', { value: condition.value })}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
