// How is a record typed? One input per field of the plan, written into the address a moment after typing stops.
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { useSession } from '@/api/session'
import { Section } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { minorPerUnit } from '../accounts/filters'
import type { AccountDetail } from '../accounts/types'
import type { Field } from '../territories/types'
import { mayBeTyped, UNNAMED } from './record'
import classes from './Routing.module.css'

type TryFormProps = {
  readonly fields: readonly Field[]
  readonly record: Readonly<Record<string, string>>
  readonly account: AccountDetail | undefined
  readonly faults: Readonly<Record<string, string>>
}

const PLACE = ['country', 'state', 'metro', 'city', 'postal_code', 'latitude', 'longitude']
const BUSINESS = ['industry', 'sic', 'employees', 'annual_revenue', 'product_lines', 'segment']
const OTHER = ['id', 'name', 'parent', 'source', 'status']

export function TryForm({ fields, record, account, faults }: TryFormProps) {
  const { currency } = useSession().organisation
  const [, change] = useView()
  const typed = fields.filter((field) => mayBeTyped(field.name))
  const find = (names: readonly string[]) => names.flatMap((name) => typed.find((field) => field.name === name) ?? [])
  const standard = new Set([...PLACE, ...BUSINESS, ...OTHER])
  const groups = [
    { title: t('Place'), fields: find(PLACE) },
    { title: t('Business'), fields: find(BUSINESS) },
    { title: t('Own fields'), fields: typed.filter((field) => !standard.has(field.name)) },
    { title: t('Identity and family'), fields: account ? find(OTHER).filter((field) => field.name !== 'id') : find(OTHER) },
  ].filter((group) => group.fields.length > 0)
  const isChanged = Object.keys(record).length > 0
  return (
    <>
      {groups.map((group) => (
        <Section key={group.title} title={group.title}>
          <div className={classes.fields}>
            {group.fields.map((field) => (
              <FieldInput
                key={field.name}
                field={field}
                value={record[field.name]}
                now={account && readNow(account, field, minorPerUnit(currency))}
                error={faults[field.name]}
              />
            ))}
          </div>
        </Section>
      ))}
      {isChanged && (
        <Button variant="default" onClick={() => change(Object.fromEntries(Object.keys(record).map((name) => [name, null])))}>
          {account ? t('Undo {n, plural, one {# change} other {# changes}}', { n: Object.keys(record).length }) : t('Empty the form')}
        </Button>
      )}
    </>
  )
}

type FieldInputProps = {
  readonly field: Field
  /** undefined: not in the address, so the account's own value counts. */
  readonly value: string | undefined
  readonly now: string | undefined
  readonly error: string | undefined
}

function FieldInput({ field, value, now, error }: FieldInputProps) {
  const [, change] = useView()
  const [text, setText] = useState(value ?? now ?? '')
  const [seen, setSeen] = useState(value)
  const [written, setWritten] = useState(value)
  // The address was changed from elsewhere: by a suggestion, or by going back.
  if (seen !== value) {
    setSeen(value)
    if (value !== written) setText(value ?? now ?? '')
  }
  const write = useDebouncedCallback((next: string) => {
    const isAsNow = next === (now ?? '')
    setWritten(isAsNow ? undefined : next)
    // A list with one empty text keeps the key in the address: an account's field that is to be empty.
    change({ [field.name]: isAsNow ? null : [next] })
  }, 250)
  const label = field.label.charAt(0).toUpperCase() + field.label.slice(1)
  const hint = now !== undefined && value !== undefined ? t('now {value}', { value: now || t('empty') }) : undefined
  if (field.type === 'boolean' || field.type === 'choice') {
    const choices =
      field.type === 'boolean'
        ? [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]
        : (field.choices ?? []).map((choice) => ({ value: choice, label: choice }))
    return (
      <NativeSelect
        label={label}
        name={field.name}
        value={text}
        error={error}
        data={[{ value: '', label: t('not set') }, ...(text === UNNAMED ? [{ value: UNNAMED, label: t('another value') }] : []), ...choices]}
        onChange={(event) => {
          setText(event.currentTarget.value)
          write(event.currentTarget.value)
        }}
      />
    )
  }
  return (
    <TextInput
      label={label}
      name={field.name}
      type={field.type === 'date' ? 'date' : 'text'}
      inputMode={field.type === 'number' ? 'decimal' : undefined}
      description={hint ?? (field.type === 'tags' ? t('parted by |') : undefined)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={text}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value)
        write(event.currentTarget.value)
      }}
    />
  )
}

/** What the account has in a field, as text. */
function readNow(account: AccountDetail, field: Field, perUnit: number): string {
  if (field.name === 'annual_revenue') {
    return account.annual_revenue_minor === null ? '' : String(account.annual_revenue_minor / perUnit)
  }
  if (field.name === 'parent') return ''
  const value = field.name in account ? account[field.name as keyof AccountDetail] : account.custom[field.name]
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join('|') : String(value)
}
