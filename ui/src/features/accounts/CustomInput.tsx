// How is one of the organisation's own fields typed in? As its type asks.
import { NativeSelect, TextInput } from '@mantine/core'
import { t } from '@/pure/words'
import type { Field } from '../territories/types'

type CustomInputProps = {
  readonly field: Field
  readonly value: string
  readonly error?: string
  readonly onValue: (value: string) => void
}

export function CustomInput({ field, value, error, onValue }: CustomInputProps) {
  const name = `custom.${field.name}`
  if (field.type === 'boolean' || field.type === 'choice') {
    const choices =
      field.type === 'boolean'
        ? [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]
        : (field.choices ?? []).map((choice) => ({ value: choice, label: choice }))
    return (
      <NativeSelect
        label={field.label}
        name={name}
        value={value}
        error={error}
        data={[{ value: '', label: t('not set') }, ...choices]}
        onChange={(event) => onValue(event.currentTarget.value)}
      />
    )
  }
  return (
    <TextInput
      label={field.label}
      name={name}
      type={field.type === 'date' ? 'date' : 'text'}
      inputMode={field.type === 'number' ? 'decimal' : undefined}
      description={field.type === 'tags' ? t('parted by commas') : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      error={error}
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  )
}
