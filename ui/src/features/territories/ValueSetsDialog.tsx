// Which value sets do rules share, and what is in each? Paste thousands; duplicates are counted and left out.
import { Button, Drawer, Select, Skeleton, Textarea, TextInput } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { problemOf } from '@/api/problem'
import { ErrorState } from '@/kit/Notice'
import { BeforeAfter } from '@/kit/Figure'
import { formatCount, formatDelta } from '@/pure/format'
import { t } from '@/pure/words'
import { SetHistory } from '../lists/SetHistory'
import { removeValueSet, saveValueSet } from './edits'
import { useValueSets } from './reading'
import classes from './Territories.module.css'
import type { ValueSet } from './types'
import { useEdits } from './useEdits'
import { readValues } from './values'

type ValueSetsDialogProps = {
  readonly planId: number
  readonly isEditable: boolean
  readonly startWith?: string
  readonly onClose: () => void
}

const NEW = '+'

export function ValueSetsDialog({ planId, isEditable, startWith, onClose }: ValueSetsDialogProps) {
  const sets = useValueSets(planId)
  const [picked, setPicked] = useState<string | null>(startWith ?? null)
  const names = sets.data?.map((set) => set.name) ?? []
  const name = picked ?? names[0] ?? (isEditable ? NEW : null)
  const set = sets.data?.find((one) => one.name === name)
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="md"
      title={t('Value sets')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {sets.error ? (
        <ErrorState error={sets.error} onRetry={() => void sets.refetch()} />
      ) : !sets.data ? (
        <Skeleton height={200} />
      ) : (
        <div className={classes.stack}>
          <p className="soft">
            {t('A value set is a list of codes that rules use by name, for instance the postal codes of a patch.')}
          </p>
          {name === null ? (
            <p className={classes.quiet}>{t('This plan has no value sets. Open a draft to add one.')}</p>
          ) : (
            <>
              <Select
                label={t('Set')}
                data={[
                  ...sets.data.map((one) => ({ value: one.name, label: `${one.name} (${formatCount(one.values.length)})` })),
                  ...(isEditable ? [{ value: NEW, label: t('New value set…') }] : []),
                ]}
                value={name}
                allowDeselect={false}
                onChange={setPicked}
              />
              <ValueSetEditor
                key={name}
                planId={planId}
                set={set}
                taken={names}
                isEditable={isEditable}
                onSaved={setPicked}
              />
              {set && <SetHistory planId={planId} name={set.name} />}
            </>
          )}
        </div>
      )}
    </Drawer>
  )
}

type ValueSetEditorProps = {
  readonly planId: number
  readonly set: ValueSet | undefined
  readonly taken: readonly string[]
  readonly isEditable: boolean
  readonly onSaved: (name: string | null) => void
}

function ValueSetEditor({ planId, set, taken, isEditable, onSaved }: ValueSetEditorProps) {
  const stored = useMemo(() => set?.values.join('\n') ?? '', [set])
  const [name, setName] = useState(set?.name ?? '')
  const [text, setText] = useState(stored)
  const [error, setError] = useState<unknown>(null)
  const edits = useEdits(planId)
  useEffect(() => setText(stored), [stored])
  const read = useMemo(() => readValues(text), [text])
  const isTaken = !set && taken.includes(name.trim())
  const before = set?.values.length ?? 0
  const problem = error ? problemOf(error) : null
  const save = async (deed: Promise<unknown>, next: string | null) => {
    try {
      setError(null)
      await deed
      onSaved(next)
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault()
        const final = set?.name ?? name.trim()
        void save(edits.edit(saveValueSet(planId, final, read.values, set?.values ?? null)), final)
      }}
    >
      {!set && (
        <TextInput
          label={t('Name')}
          required
          value={name}
          error={isTaken && t('There is a set of this name already.')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <Textarea
        label={t('Values')}
        description={isEditable ? t('One a line, or parted by commas. Paste as many as you like.') : undefined}
        value={text}
        readOnly={!isEditable}
        rows={14}
        classNames={{ input: classes.mono }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p role="status" className="figures">
        {set && read.values.length !== before ? (
          <BeforeAfter
            before={formatCount(before)}
            after={t('{n, plural, one {# value} other {# values}}', { n: read.values.length })}
            difference={formatDelta(read.values.length - before)}
          />
        ) : (
          t('{n, plural, one {# value} other {# values}}', { n: read.values.length })
        )}
        {read.duplicates.length > 0 && (
          <span className="soft">
            {' · '}
            {t('{n, plural, one {# duplicate is} other {# duplicates are}} left out: {some}', {
              n: read.duplicates.length,
              some: read.duplicates.slice(0, 3).join(', '),
            })}
          </span>
        )}
      </p>
      {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
      {isEditable && (
        <div className={classes.dialogButtons}>
          {set && (
            <Button
              variant="subtle"
              color="var(--stop)"
              disabled={edits.isBusy}
              onClick={() => void save(edits.edit(removeValueSet(planId, set.name, set.values)), null)}
            >
              {t('Remove the set')}
            </Button>
          )}
          <Button
            type="submit"
            loading={edits.isBusy}
            disabled={isTaken || (set ? text === stored : !name.trim()) || read.values.length === 0}
          >
            {t('Save {n, plural, one {# value} other {# values}}', { n: read.values.length })}
          </Button>
        </div>
      )}
    </form>
  )
}
