// What may move, how much fits, and how long may it take?
import { NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { Section } from '@/kit/Page'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import { useMeasureChoices } from './MeasureFields'
import { readNumbers, type Question } from './question'
import type { Diagnosis } from './types'

type FieldsProps = { readonly question: Question; readonly onChange: (patch: Partial<Question>) => void }

function numberOrNull(value: string | number): number | null {
  return value === '' ? null : Number(value)
}

export function LimitFields({ question, onChange }: FieldsProps) {
  const choices = useMeasureChoices().filter((choice) => choice.kind === 'balance' && choice.value !== 'count')
  return (
    <Section title={t('What may move')}>
      <div className={classes.fields}>
        <NumberInput
          label={t('Move budget')}
          description={t('At most this part of the activity moves. Empty: no limit.')}
          suffix=" %"
          min={0}
          max={100}
          value={question.budgetPercent ?? ''}
          onChange={(value) => onChange({ budgetPercent: numberOrNull(value) })}
        />
        <NumberInput
          label={t('Price of a move')}
          description={t('0 ignores moves; 1 is usual; 10 moves only what it must.')}
          min={0}
          max={1000}
          value={question.disruption}
          onChange={(value) => onChange({ disruption: Number(value) })}
        />
        <Select
          label={t('A move weighs')}
          description={t('What is lost when an account changes hands.')}
          placeholder={t('as much as its activity')}
          clearable
          clearButtonProps={{ 'aria-label': t('As much as its activity') }}
          data={choices.map(({ value, label }) => ({ value, label }))}
          value={question.relationship}
          onChange={(relationship) => onChange({ relationship })}
        />
        <NumberInput
          label={t('Most accounts per territory')}
          description={t('Empty: no limit.')}
          min={1}
          value={question.maxAccounts ?? ''}
          onChange={(value) => onChange({ maxAccounts: numberOrNull(value) })}
        />
      </div>
      <Switch
        mt="md"
        label={t('Accounts of territories that take part stay where they are')}
        checked={question.isHolding}
        onChange={(event) => onChange({ isHolding: event.currentTarget.checked })}
      />
    </Section>
  )
}

export function SweepFields({ question, onChange }: FieldsProps) {
  const wrong = (text: string) => (readNumbers(text) === null ? t('Numbers with commas between them, please.') : undefined)
  return (
    <Section title={t('Scenarios and time')}>
      <div className={classes.fields}>
        <TextInput
          label={t('Tolerances to compare, in %')}
          description={t('Such as 2, 5, 10. Empty: the one above.')}
          value={question.tolerances}
          error={wrong(question.tolerances)}
          onChange={(event) => onChange({ tolerances: event.currentTarget.value })}
        />
        <TextInput
          label={t('Prices of a move to compare')}
          description={t('Such as 0, 1, 3. Empty: the one above.')}
          value={question.disruptions}
          error={wrong(question.disruptions)}
          onChange={(event) => onChange({ disruptions: event.currentTarget.value })}
        />
        <NumberInput
          label={t('Time ceiling')}
          description={t('Then the best so far is kept.')}
          suffix=" s"
          min={1}
          max={3600}
          value={question.seconds}
          onChange={(value) => onChange({ seconds: Number(value) })}
        />
        <NumberInput
          label={t('Seed')}
          description={t('The same seed gives the same design.')}
          min={0}
          value={question.seed}
          onChange={(value) => onChange({ seed: Number(value) })}
        />
      </div>
    </Section>
  )
}

type CapacityFieldsProps = FieldsProps & { readonly places: Diagnosis['places'] }

export function CapacityFields({ question, onChange, places }: CapacityFieldsProps) {
  return (
    <Section title={t('Capacity')}>
      <details>
        <summary>{t('Who carries how much? 1 is a whole share; new hires start with less.')}</summary>
        <div className={classes.scroller}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('Territory')}</th>
                <th scope="col">{t('Rep')}</th>
                <th scope="col">{t('Capacity')}</th>
              </tr>
            </thead>
            <tbody>
              {places.map((place) => (
                <tr key={place.code}>
                  <th scope="row">{place.name}</th>
                  <td>
                    {place.rep ?? '–'} {place.capacity_note && <span className="soft small">{place.capacity_note}</span>}
                  </td>
                  <td>
                    <NumberInput
                      aria-label={t('Capacity of {name}', { name: place.name })}
                      min={0.05}
                      max={100}
                      step={0.05}
                      value={question.capacities[place.code] ?? place.capacity}
                      onChange={(value) => onChange({ capacities: { ...question.capacities, [place.code]: Number(value) } })}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Section>
  )
}
