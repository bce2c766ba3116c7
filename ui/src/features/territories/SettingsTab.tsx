// Where does the territory stand, and how does it compete? Name, priority, place; a move of a branch shows its effect first.
import { Button, NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import { problemOf } from '@/api/problem'
import { useMay } from '@/api/session'
import { Section } from '@/kit/Page'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import { patchTerritory } from './edits'
import type { ChosenPlan } from './plans'
import { useRulePreview } from './reading'
import { RemoveTerritory } from './RemoveTerritory'
import { RuleEffect } from './rules/RuleEffect'
import classes from './Territories.module.css'
import { TerritorySelect } from './TerritorySelect'
import { codesBelow, type TerritoryIndex } from './tree'
import type { TerritoryDetail, TerritoryPatch } from './types'
import { useEdits } from './useEdits'

type SettingsTabProps = {
  readonly territory: TerritoryDetail
  readonly chosen: ChosenPlan
  readonly index: TerritoryIndex
}

type Values = {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly priority: number | null
  readonly assignable: boolean | null
  readonly inherit: boolean
  readonly parent: string | null
}

function startValues(territory: TerritoryDetail): Values {
  return {
    name: territory.name,
    type: territory.type,
    description: territory.description,
    priority: territory.own_priority,
    assignable: territory.own_is_assignable,
    inherit: territory.inherit,
    parent: territory.parent,
  }
}

/** Only what differs is sent, so that two people who change different things do not undo each other. */
function patchOf(start: Values, now: Values): TerritoryPatch {
  const { parent, ...rest } = now
  const changed = Object.entries(rest).filter(([key, value]) => start[key as keyof Values] !== value)
  return { ...Object.fromEntries(changed), ...(parent === start.parent ? {} : { move_to_parent: parent }) }
}

export function SettingsTab({ territory, chosen, index }: SettingsTabProps) {
  const start = useMemo(() => startValues(territory), [territory])
  const [now, setNow] = useState(start)
  const [error, setError] = useState<unknown>(null)
  const [isRemoving, setIsRemoving] = useState(false)
  const mayMove = useMay('edit_territories')
  const planId = chosen.plan?.id
  const edits = useEdits(chosen.isEditable ? planId : undefined)
  const patch = patchOf(start, now)
  const isChanged = Object.keys(patch).length > 0
  const below = useMemo(() => codesBelow(index, territory.code), [index, territory.code])
  const [asked] = useDebouncedValue(now, 300)
  const isCompeting = asked.priority !== start.priority || asked.parent !== start.parent
  const preview = useRulePreview(
    {
      planId,
      territory: territory.code,
      text: territory.rule?.text ?? null,
      priority: asked.priority,
      parent: asked.parent === start.parent ? undefined : asked.parent,
    },
    planId !== undefined && isCompeting,
  )
  const set = (values: Partial<Values>) => setNow((old) => ({ ...old, ...values }))
  const isLocked = !chosen.isEditable
  const problem = error ? problemOf(error) : null
  const save = async () => {
    const label = t('Changed the settings of {code}', { code: territory.code })
    try {
      setError(null)
      await edits.edit(patchTerritory(planId!, territory, patch, label))
      showToast({ title: label, action: { label: t('Undo'), run: edits.undo } })
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <div className={classes.columns}>
      <div className={classes.main}>
        <Section title={t('Name and place')}>
          <form
            className={classes.stack}
            onSubmit={(event) => {
              event.preventDefault()
              void save()
            }}
          >
            <div className={classes.pair}>
              <TextInput label={t('Name')} value={now.name} readOnly={isLocked} onChange={(event) => set({ name: event.currentTarget.value })} />
              <TextInput label={t('Type')} placeholder={t('region, district, patch…')} value={now.type} readOnly={isLocked} onChange={(event) => set({ type: event.currentTarget.value })} />
            </div>
            <Textarea label={t('Description')} autosize value={now.description} readOnly={isLocked} onChange={(event) => set({ description: event.currentTarget.value })} />
            {isLocked || !mayMove ? (
              <TextInput label={t('Below')} readOnly value={territory.parent ? (index.byCode.get(territory.parent)?.name ?? territory.parent) : t('the top of the layer')} />
            ) : (
              <TerritorySelect
                label={t('Below')}
                description={
                  below.size > 1
                    ? t('Its {n, plural, one {# branch moves} other {# branches move}} along, rules of new ancestors then narrow them.', { n: below.size - 1 })
                    : t('Rules of new ancestors then narrow it.')
                }
                plan={chosen.param}
                layer={territory.layer}
                without={below}
                value={now.parent}
                onValue={(parent) => set({ parent })}
                isClearable
              />
            )}
            <div className={classes.pair}>
              <NumberInput
                label={t('Priority')}
                description={t('Higher wins. Empty: {n}, from above.', { n: territory.own_priority === null ? territory.priority : 0 })}
                value={now.priority ?? ''}
                readOnly={isLocked}
                allowDecimal={false}
                onChange={(next) => set({ priority: next === '' ? null : Number(next) })}
              />
              <NativeSelect
                label={t('Holds accounts')}
                description={t('Leaves do unless told otherwise.')}
                value={now.assignable === null ? '' : String(now.assignable)}
                disabled={isLocked}
                data={[
                  { value: '', label: t('by default') },
                  { value: 'true', label: t('yes') },
                  { value: 'false', label: t('no') },
                ]}
                onChange={(event) => set({ assignable: event.currentTarget.value === '' ? null : event.currentTarget.value === 'true' })}
              />
            </div>
            <Switch
              label={t('Narrowed by its ancestors’ rules')}
              checked={now.inherit}
              disabled={isLocked}
              onChange={(event) => set({ inherit: event.currentTarget.checked })}
            />
            {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
            {chosen.isEditable && (
              <div className={classes.dialogButtons}>
                {mayMove && (
                  <Button variant="subtle" color="var(--stop)" onClick={() => setIsRemoving(true)}>
                    {t('Remove this territory…')}
                  </Button>
                )}
                <Button variant="default" disabled={!isChanged} onClick={() => setNow(start)}>{t('Revert')}</Button>
                <Button type="submit" disabled={!isChanged || !now.name.trim()} loading={edits.isBusy}>{t('Save to the draft')}</Button>
              </div>
            )}
          </form>
        </Section>
      </div>
      <div className={classes.aside}>
        {isCompeting && (
          <Section title={t('What this change would do')}>
            <RuleEffect
              preview={preview.data}
              error={preview.error}
              isStale={preview.isPlaceholderData || asked !== now}
              isChanged
              territory={territory.code}
            />
          </Section>
        )}
      </div>
      {isRemoving && planId !== undefined && (
        <RemoveTerritory planId={planId} territory={territory} below={below.size - 1} chosen={chosen} onClose={() => setIsRemoving(false)} />
      )}
    </div>
  )
}
