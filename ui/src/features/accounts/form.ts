// How do an account's fields become text to type in, and typed text become fields again? Faults are named by field.
import { t } from '@/pure/words'
import type { AccountDetail, AccountFields } from './types'
import type { Field } from '../territories/types'

/** Everything the form holds is text; numbers and lists are read when it is sent. */
export type FormValues = Readonly<Record<string, string>>
export type Faults = Readonly<Record<string, string>>

type Kind = 'text' | 'number' | 'whole' | 'money' | 'tags'
export type FormField = { readonly name: string; readonly label: string; readonly kind: Kind; readonly hint?: string }
export type FormGroup = { readonly title: string; readonly fields: readonly FormField[] }

export const GROUPS: readonly FormGroup[] = [
  {
    title: 'Identity',
    fields: [
      { name: 'name', label: 'Name', kind: 'text' },
      { name: 'status', label: 'Status', kind: 'text' },
      { name: 'segment', label: 'Segment', kind: 'text' },
      { name: 'source', label: 'Source', kind: 'text' },
    ],
  },
  {
    title: 'Place',
    fields: [
      { name: 'address', label: 'Address', kind: 'text' },
      { name: 'city', label: 'City', kind: 'text' },
      { name: 'postal_code', label: 'Postal code', kind: 'text' },
      { name: 'state', label: 'State', kind: 'text', hint: 'code without the country, such as CA' },
      { name: 'country', label: 'Country', kind: 'text', hint: 'two letters, such as US' },
      { name: 'metro', label: 'Metro', kind: 'text', hint: 'US: CBSA code' },
      { name: 'latitude', label: 'Latitude', kind: 'number', hint: '−90 to 90' },
      { name: 'longitude', label: 'Longitude', kind: 'number', hint: '−180 to 180' },
    ],
  },
  {
    title: 'Business',
    fields: [
      { name: 'industry', label: 'Industry', kind: 'text', hint: 'NAICS code' },
      { name: 'sic', label: 'SIC', kind: 'text' },
      { name: 'employees', label: 'Employees', kind: 'whole' },
      { name: 'annual_revenue_minor', label: 'Annual revenue', kind: 'money' },
      { name: 'product_lines', label: 'Product lines', kind: 'tags', hint: 'parted by commas' },
    ],
  },
]

const BOUNDS: Readonly<Record<string, readonly [number, number]>> = { latitude: [-90, 90], longitude: [-180, 180] }
const STANDARD = new Set([
  'id', 'name', 'country', 'region', 'state', 'metro', 'city', 'postal_code', 'latitude', 'longitude', 'position',
  'industry', 'sic', 'employees', 'annual_revenue', 'product_lines', 'segment', 'source', 'status', 'parent',
])

/** The organisation's own fields in the catalogue. */
export function customFields(fields: readonly Field[]): Field[] {
  return fields.filter((field) => !STANDARD.has(field.name))
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

export function startForm(account: AccountDetail | undefined, custom: readonly Field[], minorPerUnit: number): FormValues {
  const values: Record<string, string> = { external_id: account?.external_id ?? '' }
  for (const { name, kind } of GROUPS.flatMap((group) => group.fields)) {
    const value = account?.[name as keyof AccountDetail]
    values[name] = kind === 'money' && typeof value === 'number' ? String(value / minorPerUnit) : textOf(value)
  }
  for (const field of custom) values[`custom.${field.name}`] = textOf(account?.custom[field.name])
  values.parent_id = textOf(account?.parent?.id)
  return values
}

function readNumber(text: string): number | null {
  const plain = text.replace(/[\s,_]/g, '').replace('−', '-')
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null
}

function readList(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter(Boolean)
}

type Read = { readonly value: unknown } | { readonly fault: string }

function readKind(name: string, kind: Kind, text: string, minorPerUnit: number): Read {
  if (kind === 'text') return { value: text }
  if (kind === 'tags') return { value: readList(text) }
  if (!text) return { value: null }
  const number = readNumber(text)
  if (number === null) return { fault: t('Write a number, such as 1200 or 12.5.') }
  const [low, high] = BOUNDS[name] ?? [kind === 'number' ? -Infinity : 0, Infinity]
  if (number < low || number > high) return { fault: high === Infinity ? t('This cannot be negative.') : t('Between {low} and {high}.', { low, high }) }
  if (kind === 'whole' && !Number.isInteger(number)) return { fault: t('Write a whole number.') }
  return { value: kind === 'money' ? Math.round(number * minorPerUnit) : number }
}

function readCustom(field: Field, text: string): Read {
  if (!text) return { value: null }
  if (field.type === 'number') {
    const number = readNumber(text)
    return number === null ? { fault: t('Write a number, such as 1200 or 12.5.') } : { value: number }
  }
  if (field.type === 'boolean') return { value: text === 'true' }
  if (field.type === 'tags') return { value: readList(text) }
  if (field.type === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(text)) return { fault: t('Write a date, such as 2027-01-31.') }
  return { value: text }
}

/** The fields that differ from `start`, ready to send, and what cannot be sent, by field. */
export function readForm(
  now: FormValues,
  start: FormValues,
  custom: readonly Field[],
  minorPerUnit: number,
): { readonly fields: AccountFields; readonly faults: Faults } {
  const fields: Record<string, unknown> = {}
  const faults: Record<string, string> = {}
  const isChanged = (name: string) => (now[name] ?? '').trim() !== (start[name] ?? '').trim()
  const take = (name: string, read: Read, keep: (value: unknown) => void) => {
    if ('fault' in read) faults[name] = read.fault
    else keep(read.value)
  }
  for (const { name, kind } of GROUPS.flatMap((group) => group.fields)) {
    if (!isChanged(name)) continue
    take(name, readKind(name, kind, (now[name] ?? '').trim(), minorPerUnit), (value) => (fields[name] = value))
  }
  const ownFields: Record<string, unknown> = {}
  for (const field of custom) {
    const name = `custom.${field.name}`
    if (!isChanged(name)) continue
    take(name, readCustom(field, (now[name] ?? '').trim()), (value) => (ownFields[field.name] = value))
  }
  if (Object.keys(ownFields).length > 0) fields.custom = ownFields
  if (isChanged('parent_id')) fields.parent_id = now.parent_id ? Number(now.parent_id) : null
  if (isChanged('external_id')) fields.external_id = (now.external_id ?? '').trim()
  if (!(now.name ?? '').trim()) faults.name = t('An account needs a name.')
  return { fields: fields as AccountFields, faults }
}

export type Clash = { readonly name: string; readonly before: string; readonly theirs: string; readonly mine: string }

/** What somebody else changed meanwhile, and the entries with theirs taken over where the user changed nothing. */
export function mergeForm(
  start: FormValues,
  mine: FormValues,
  theirs: FormValues,
): { readonly merged: FormValues; readonly clashes: readonly Clash[]; readonly taken: readonly Clash[] } {
  const merged: Record<string, string> = { ...mine }
  const clashes: Clash[] = []
  const taken: Clash[] = []
  for (const [name, value] of Object.entries(theirs)) {
    const before = start[name] ?? ''
    const own = mine[name] ?? ''
    if (value === before || value === own) continue
    const clash = { name, before, theirs: value, mine: own }
    if (own === before) {
      merged[name] = value
      taken.push(clash)
    } else clashes.push(clash)
  }
  return { merged, clashes, taken }
}

export function labelOf(name: string, custom: readonly Field[]): string {
  const standard = GROUPS.flatMap((group) => group.fields).find((field) => field.name === name)
  if (standard) return t(standard.label)
  if (name === 'parent_id') return t('Head office')
  if (name === 'external_id') return t('Id')
  return custom.find((field) => `custom.${field.name}` === name)?.label ?? name
}
