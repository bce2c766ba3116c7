// Why not that territory, and what is the least that would change it? In the account's data, or in the plan.
import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { BeforeAfter } from '@/kit/Figure'
import { t } from '@/pure/words'
import { fieldsOf, tryHref } from '../routing/record'
import type { PlanRemedy, WhyNot } from '../routing/types'
import { tellValue } from '../routing/unassignedColumns'
import classes from './Accounts.module.css'
import { ConditionList } from './ConditionList'

type WhyNotAnswerProps = {
  readonly answer: WhyNot
  /** The stored account that was asked about; a record that is only tried has none. */
  readonly account?: number
  /** The other fields of a record that is only tried. */
  readonly fields?: Readonly<Record<string, string>>
  readonly plan?: string
  /** Opens the dialog that carries out a lock or a name; left out when the user may not. */
  readonly onPlace?: (territory: string, way: 'lock' | 'name') => void
}

export function WhyNotAnswer({ answer, account, fields, plan, onPlace }: WhyNotAnswerProps) {
  return (
    <div role="status" className={classes.stack}>
      <div>
        <p>{answer.sentence}</p>
        <ConditionList conditions={answer.conditions} />
      </div>
      {!answer.is_there && (
        <>
          <AccountChange answer={answer} account={account} fields={fields} plan={plan} />
          <div>
            <h3>{t('Or in the plan')}</h3>
            <ul className={classes.claims}>
              {answer.plan_changes.map((remedy) => (
                <Remedy key={remedy.kind} remedy={remedy} territory={answer.territory} onPlace={onPlace} />
              ))}
            </ul>
          </div>
        </>
      )}
    </div>
  )
}

function AccountChange({ answer, account, fields, plan }: Omit<WhyNotAnswerProps, 'onPlace'>) {
  const change = answer.account_change
  if (!change) return <p className="soft">{t('No change of its data that was found would bring it there.')}</p>
  // What belongs to another member of the family is not changed by trying this account.
  const isOwn = new Set(change.changes.map((one) => one.account)).size === 1
  const wanted = { ...fields, ...fieldsOf(change.changes) }
  return (
    <div>
      <h3>{change.is_smallest ? t('The least change of its data') : t('A change of its data that works')}</h3>
      <ul className={classes.claims}>
        {change.changes.map((one) => (
          <li key={`${one.account}.${one.field}`} className={classes.claim}>
            <span>{one.field.replaceAll('_', ' ')}</span>
            <BeforeAfter before={tellValue(one.before)} after={tellValue(one.after)} />
          </li>
        ))}
      </ul>
      {isOwn && (
        <Button component={Link} href={tryHref({ account, plan, whynot: answer.territory, fields: wanted })} size="compact-sm" variant="default" mt={8}>
          {t('Try it')}
        </Button>
      )}
    </div>
  )
}

type RemedyProps = { readonly remedy: PlanRemedy } & Pick<WhyNotAnswerProps, 'onPlace'> & { readonly territory: string }

function Remedy({ remedy, territory, onPlace }: RemedyProps) {
  const way = remedy.kind === 'lock' || remedy.kind === 'name' ? remedy.kind : null
  // Where the change is made by hand: the territory that the last step is about.
  const place = remedy.changes.at(-1)?.territory ?? territory
  return (
    <li className={classes.rowBetween}>
      <span>{remedy.changes.map((change) => change.sentence).join(' ')}</span>
      {way && onPlace && remedy.changes.length === 1 ? (
        <Button size="compact-sm" variant="default" onClick={() => onPlace(territory, way)}>
          {way === 'lock' ? t('Lock it…') : t('Name it…')}
        </Button>
      ) : (
        <Link href={`/territories/${encodeURIComponent(place)}`}>{t('Open {code}', { code: place })}</Link>
      )}
    </li>
  )
}
