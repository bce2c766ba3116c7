// Whose accounts are shared out, among which territories?
import { MultiSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core'
import { Section } from '@/kit/Page'
import { t } from '@/pure/words'
import { useTerritoryTree } from '../territories/reading'
import { TerritorySelect } from '../territories/TerritorySelect'
import classes from './Design.module.css'
import { defaultsOf, type Question } from './question'
import { explainMode, nameMode, type Mode } from './types'

const MODES: readonly Mode[] = ['rebalance', 'scratch', 'split', 'merge', 'leaver']
const FILTERS = [
  ['country', 'Country'],
  ['state', 'State'],
  ['industry', 'Industry begins with'],
  ['segment', 'Segment'],
  ['status', 'Status'],
] as const

type GroundFieldsProps = { readonly question: Question; readonly onChange: (patch: Partial<Question>) => void }

export function GroundFields({ question, onChange }: GroundFieldsProps) {
  const { mode } = question
  return (
    <Section title={t('Accounts and territories')}>
      <div className={classes.stack}>
        <div className={classes.scroller}>
          <SegmentedControl
            aria-label={t('What for')}
            value={mode}
            onChange={(value) => onChange({ mode: value as Mode, ...defaultsOf(value as Mode) })}
            data={MODES.map((each) => ({ value: each, label: nameMode(each) }))}
          />
        </div>
        <p className="soft">{explainMode(mode)}</p>
        <div className={classes.fields}>
          <TerritorySelect
            label={t('Within')}
            description={t('Its accounts are shared out among the territories below it.')}
            placeholder={t('everything in your sight')}
            value={question.within}
            isClearable
            onValue={(within) => onChange({ within, leaveOut: [], capacities: {} })}
          />
          {mode === 'split' && (
            <NumberInput
              label={t('Territories to add')}
              min={1}
              max={1000}
              value={question.added}
              onChange={(value) => onChange({ added: Number(value) })}
            />
          )}
          {mode === 'scratch' && (
            <NumberInput
              label={t('Head-count')}
              description={t('That many new territories. Empty: those there are.')}
              min={1}
              max={1000}
              value={question.headcount ?? ''}
              onChange={(value) => onChange({ headcount: value === '' ? null : Number(value), capacities: {} })}
            />
          )}
          {(mode === 'merge' || mode === 'leaver') && <LeaveOut question={question} onChange={onChange} />}
        </div>
        <details>
          <summary>{t('Only some of the accounts')}</summary>
          <div className={classes.fields}>
            {FILTERS.map(([name, label]) => (
              <TextInput
                key={name}
                label={t(label)}
                value={question.filters[name] ?? ''}
                onChange={(event) => onChange({ filters: { ...question.filters, [name]: event.currentTarget.value } })}
              />
            ))}
          </div>
        </details>
      </div>
    </Section>
  )
}

function LeaveOut({ question, onChange }: GroundFieldsProps) {
  const tree = useTerritoryTree('active')
  const rows = tree.data?.territories ?? []
  const layer = rows.find((row) => row.code === question.within)?.layer ?? tree.data?.layers[0]?.code
  return (
    <MultiSelect
      label={question.mode === 'merge' ? t('Dissolve') : t('Whose accounts')}
      description={question.mode === 'merge' ? t('Their accounts go to the others.') : t('The territory of who leaves.')}
      placeholder={question.leaveOut.length === 0 ? t('Type a name or a code') : undefined}
      data={rows
        .filter((row) => row.is_assignable && row.layer === layer)
        .map((row) => ({ value: row.code, label: `${row.name} (${row.code})` }))}
      value={[...question.leaveOut]}
      onChange={(leaveOut) => onChange({ leaveOut, capacities: {} })}
      searchable
      limit={60}
    />
  )
}
