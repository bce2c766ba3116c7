// What does the server say about imports, and what does a column mapping look like?
import type { Answer, Item } from '@/api/client'

export type ImportRow = Item<'/api/v1/imports'>
export type ImportRun = Answer<'/api/v1/imports/{import_id}'>
export type ImportFile = ImportRun['files'][number]
export type ImportFinding = Item<'/api/v1/imports/{import_id}/findings'>
export type ImportKind = Answer<'/api/v1/import_kinds'>[number]

/** Where one of our columns comes from; anything but a plain column is kept as it came from a mapping file. */
export type ColumnSource = { readonly column?: string; readonly constant?: string; readonly join?: object; readonly [step: string]: unknown }

export type FileMapping = {
  readonly file: string
  readonly kind: string
  readonly columns?: Readonly<Record<string, ColumnSource | string>>
  readonly rows?: readonly object[]
  readonly [option: string]: unknown
}

export type Mapping = { readonly files: readonly FileMapping[]; readonly [option: string]: unknown }

export function readMapping(data: Readonly<Record<string, unknown>>): Mapping {
  return { ...data, files: Array.isArray(data.files) ? (data.files as FileMapping[]) : [] }
}
