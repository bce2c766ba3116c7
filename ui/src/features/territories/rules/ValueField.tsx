// How is the value of a condition entered? In the shape its comparison takes: one, a list, a range, a circle, a set.
import { NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core'
import type { ValueEditorProps } from 'react-querybuilder'
import { t } from '@/pure/words'
import { placeOf } from './controls'
import { fitValue, isSetValue, listOf, shapeOf, type Circle } from './envelope'
import classes from './Rules.module.css'
import { readValues } from '../values'

type OneProps = {
  readonly label: string
  readonly type: string
  readonly choices: readonly string[]
  readonly value: unknown
  readonly isDisabled?: boolean
  readonly onValue: (value: unknown) => void
}

/** One value of the field's type. */
function One({ label, type, choices, value, isDisabled, onValue }: OneProps) {
  const text = value === null || value === undefined || typeof value === 'object' ? '' : String(value)
  const shared = { 'aria-label': label, size: 'xs' as const, disabled: isDisabled }
  if (type === 'number') {
    return (
      <NumberInput
        {...shared}
        w={140}
        value={text === '' ? '' : Number(text)}
        thousandSeparator=","
        onChange={(next) => onValue(next === '' ? '' : Number(next))}
      />
    )
  }
  if (type === 'boolean') {
    return (
      <NativeSelect
        {...shared}
        w={90}
        value={text || 'true'}
        data={[{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]}
        onChange={(event) => onValue(event.currentTarget.value === 'true')}
      />
    )
  }
  if (choices.length > 0) {
    return (
      <NativeSelect
        {...shared}
        w={160}
        value={text}
        data={[{ value: '', label: t('Choose…') }, ...choices]}
        onChange={(event) => onValue(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextInput
      {...shared}
      w={180}
      type={type === 'date' ? 'date' : 'text'}
      value={text}
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  )
}

export type RuleContext = { readonly sets: readonly string[] }

export function ValueField(props: ValueEditorProps) {
  const { operator, handleOnChange, disabled } = props
  const field = props.fieldData as unknown as { type: string; choices: readonly string[] }
  const { sets } = props.context as RuleContext
  const place = placeOf(props.path)
  const label = t('Value of condition {place}', { place })
  const value = fitValue(operator, props.value, field.type)
  const one = { type: field.type, choices: field.choices, isDisabled: disabled }
  switch (shapeOf(operator)) {
    case 'none':
      return null
    case 'range': {
      const [low, high] = value as [unknown, unknown]
      return (
        <span className={classes.parts}>
          <One {...one} label={t('Least value of condition {place}', { place })} value={low} onValue={(next) => handleOnChange([next, high])} />
          <span>{t('and')}</span>
          <One {...one} label={t('Greatest value of condition {place}', { place })} value={high} onValue={(next) => handleOnChange([low, next])} />
        </span>
      )
    }
    case 'circle':
      return <CircleField place={place} value={value as Circle} isDisabled={disabled} onValue={handleOnChange} />
    case 'list':
      return (
        <ListField
          label={label}
          field={field}
          value={value}
          sets={operator === 'in' || operator === 'notIn' ? sets : []}
          isDisabled={disabled}
          onValue={handleOnChange}
        />
      )
    default:
      return <One {...one} choices={shapeOf(operator) === 'area' ? [] : field.choices} label={label} value={value} onValue={handleOnChange} />
  }
}

type CircleFieldProps = {
  readonly place: string
  readonly value: Circle
  readonly isDisabled?: boolean
  readonly onValue: (value: Circle) => void
}

function CircleField({ place, value, isDisabled, onValue }: CircleFieldProps) {
  const parts: readonly { key: keyof Circle; label: string; short: string; width: number }[] = [
    { key: 'km', label: t('Kilometres of condition {place}', { place }), short: t('km'), width: 84 },
    { key: 'latitude', label: t('Latitude of condition {place}', { place }), short: t('latitude'), width: 110 },
    { key: 'longitude', label: t('Longitude of condition {place}', { place }), short: t('longitude'), width: 110 },
  ]
  return (
    <span className={classes.parts}>
      {parts.map(({ key, label, short, width }) => (
        <NumberInput
          key={key}
          size="xs"
          w={width}
          aria-label={label}
          placeholder={short}
          hideControls
          disabled={isDisabled}
          value={value[key]}
          onChange={(next) => onValue({ ...value, [key]: next === '' ? '' : Number(next) })}
        />
      ))}
    </span>
  )
}

type ListFieldProps = {
  readonly label: string
  readonly field: { readonly type: string; readonly choices: readonly string[] }
  readonly value: unknown
  readonly sets: readonly string[]
  readonly isDisabled?: boolean
  readonly onValue: (value: unknown) => void
}

/** Values as tags (paste splits them), or a value set by its name. */
function ListField({ label, field, value, sets, isDisabled, onValue }: ListFieldProps) {
  const isSet = isSetValue(value)
  const items = listOf(value)
  return (
    <span className={classes.parts}>
      {(sets.length > 0 || isSet) && (
        <NativeSelect
          aria-label={t('Values or a value set: {label}', { label })}
          size="xs"
          w={110}
          disabled={isDisabled}
          value={isSet ? 'set' : 'values'}
          data={[{ value: 'values', label: t('values') }, { value: 'set', label: t('value set') }]}
          onChange={(event) => onValue(event.currentTarget.value === 'set' ? { set: sets[0] ?? '' } : [])}
        />
      )}
      {isSet ? (
        <NativeSelect
          aria-label={label}
          size="xs"
          w={180}
          disabled={isDisabled}
          value={value.set}
          data={[...new Set([...sets, value.set])]}
          onChange={(event) => onValue({ set: event.currentTarget.value })}
        />
      ) : (
        <TagsInput
          aria-label={label}
          size="xs"
          className={classes.tags}
          classNames={{ inputField: classes.tagsField }}
          disabled={isDisabled}
          value={items.slice(0, 60)}
          data={[...field.choices]}
          splitChars={[',', ';', '\n', '\t']}
          placeholder={items.length === 0 ? t('Type or paste values') : undefined}
          onChange={(next) => onValue([...readValues(next.join('\n')).values, ...items.slice(60)])}
        />
      )}
      {items.length > 60 && (
        <span className="small soft">{t('and {n} more; edit long lists as text or as a value set', { n: items.length - 60 })}</span>
      )}
    </span>
  )
}
