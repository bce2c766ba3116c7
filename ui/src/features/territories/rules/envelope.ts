// How do the rule builder's groups and the server's envelope turn into each other?
import type { RuleGroupType, RuleType } from 'react-querybuilder'
import type { Field } from '../types'

export const SCHEMA = 'fairpatch-rule/1'

/** The operators in the order people look for them: the server's word, the builder's name. */
export const OPERATORS: readonly { readonly word: string; readonly name: string }[] = [
  { word: '=', name: '=' },
  { word: '!=', name: '!=' },
  { word: 'in', name: 'in' },
  { word: 'not in', name: 'notIn' },
  { word: 'under', name: 'under' },
  { word: 'begins with', name: 'beginsWith' },
  { word: 'contains', name: 'contains' },
  { word: '<', name: '<' },
  { word: '<=', name: '<=' },
  { word: '>', name: '>' },
  { word: '>=', name: '>=' },
  { word: 'between', name: 'between' },
  { word: 'includes any', name: 'includesAny' },
  { word: 'includes all', name: 'includesAll' },
  { word: 'within', name: 'within' },
  { word: 'inside', name: 'inside' },
  { word: 'is empty', name: 'null' },
  { word: 'is not empty', name: 'notNull' },
]

const SHOWN: Readonly<Record<string, string>> = {
  '=': 'is', '!=': 'is not', in: 'is one of', 'not in': 'is none of', '<': 'less than', '<=': 'at most',
  '>': 'more than', '>=': 'at least', within: 'within a distance of', inside: 'inside the area',
}

export type Circle = { readonly km: number | ''; readonly latitude: number | ''; readonly longitude: number | '' }
export type SetValue = { readonly set: string }

/** How a condition's value is entered and stored. */
export type ValueShape = 'none' | 'one' | 'list' | 'range' | 'circle' | 'area'

export function shapeOf(operator: string): ValueShape {
  if (operator === 'null' || operator === 'notNull') return 'none'
  if (operator === 'between') return 'range'
  if (operator === 'within') return 'circle'
  if (operator === 'inside') return 'area'
  const lists = ['in', 'notIn', 'under', 'beginsWith', 'contains', 'includesAny', 'includesAll']
  return lists.includes(operator) ? 'list' : 'one'
}

export function isSetValue(value: unknown): value is SetValue {
  return typeof value === 'object' && value !== null && 'set' in value
}

export function isCircle(value: unknown): value is Circle {
  return typeof value === 'object' && value !== null && 'km' in value
}

export function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String)
  return value === null || value === undefined || value === '' || typeof value === 'object' ? [] : [String(value)]
}

const AS_NUMBER = new Set(['number'])

function scalarOf(value: unknown, type: string): string | number | boolean {
  const first = Array.isArray(value) ? (value[0] ?? '') : value
  if (first === null || first === undefined || typeof first === 'object') return ''
  if (AS_NUMBER.has(type) && first !== '' && !Number.isNaN(Number(first))) return Number(first)
  return first as string | number | boolean
}

/** The value in the shape its operator takes; what was typed before is kept where it fits. */
export function fitValue(operator: string, value: unknown, type: string): unknown {
  switch (shapeOf(operator)) {
    case 'none':
      return null
    case 'circle':
      return isCircle(value) ? value : { km: '', latitude: '', longitude: '' }
    case 'range': {
      const [low = '', high = ''] = Array.isArray(value) ? value : [value]
      return [scalarOf(low, type), scalarOf(high, type)]
    }
    case 'list':
      if (isSetValue(value)) return operator === 'in' || operator === 'notIn' ? value : []
      return listOf(value).map((item) => scalarOf(item, type))
    default:
      return scalarOf(value, type)
  }
}

function plainCondition(rule: RuleType, types: ReadonlyMap<string, string>): RuleType {
  const type = types.get(rule.field) ?? 'text'
  return { field: rule.field, operator: rule.operator, value: fitValue(rule.operator, rule.value, type) }
}

function plainGroup(group: RuleGroupType, types: ReadonlyMap<string, string>): RuleGroupType {
  return {
    combinator: group.combinator,
    not: group.not ?? false,
    rules: group.rules.map((part) => ('rules' in part ? plainGroup(part, types) : plainCondition(part, types))),
  }
}

/** What the server takes: no ids, every value in its operator's shape. Equal rules give equal envelopes. */
export function toEnvelope(group: RuleGroupType, fields: readonly Field[]): Record<string, unknown> {
  const types = new Map(fields.map((field) => [field.name, field.type]))
  return { schema: SCHEMA, ...plainGroup(group, types) }
}

function isBlank({ operator, value }: RuleType): boolean {
  const fitted = fitValue(operator, value, 'text')
  if (fitted === null) return false
  if (isSetValue(fitted)) return fitted.set === ''
  if (isCircle(fitted)) return [fitted.km, fitted.latitude, fitted.longitude].includes('')
  if (Array.isArray(fitted)) return fitted.length === 0 || fitted.includes('')
  return fitted === ''
}

/** Places of conditions whose value is still missing, counted from 1: "2", "3.1". */
export function findBlanks(group: RuleGroupType, above = ''): string[] {
  return group.rules.flatMap((part, place) => {
    const here = `${above}${place + 1}`
    if ('rules' in part) return part.rules.length === 0 ? [here] : findBlanks(part, `${here}.`)
    return isBlank(part) ? [here] : []
  })
}

/** The rule as far as it is filled in. */
export function dropBlanks(group: RuleGroupType): RuleGroupType {
  const rules = group.rules
    .filter((part) => 'rules' in part || !isBlank(part))
    .map((part) => ('rules' in part ? dropBlanks(part) : part))
    .filter((part) => !('rules' in part) || part.rules.length > 0)
  return { ...group, rules }
}

/** What the builder takes. */
export function fromEnvelope(json: Readonly<Record<string, unknown>>): RuleGroupType {
  const { schema: _, ...group } = json
  return group as unknown as RuleGroupType
}

export const EMPTY_GROUP: RuleGroupType = { combinator: 'and', not: false, rules: [] }

type BuilderField = {
  readonly name: string
  readonly label: string
  readonly operators: { name: string; label: string }[]
  readonly type: string
  readonly choices: readonly string[]
}

/** The catalogue as the builder's fields; operators that the server does not offer for a field stay out. */
export function builderFields(fields: readonly Field[], t: (word: string) => string): BuilderField[] {
  return fields.map((field) => ({
    name: field.name,
    label: field.label,
    type: field.type,
    choices: field.choices ?? [],
    operators: OPERATORS.filter(({ word }) => field.operators.includes(word)).map(({ word, name }) => ({
      name,
      label: t(SHOWN[word] ?? word),
    })),
  }))
}
