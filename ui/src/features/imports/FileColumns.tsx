// What is this file, and which of its columns gives which of ours?
import { Select } from '@mantine/core'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Imports.module.css'
import { fedBy, listOtherSources } from './mapping'
import type { ColumnSource, FileMapping, ImportFile, ImportKind } from './types'

const SURE = 0.8

export type FileColumnsProps = {
  readonly file: ImportFile
  readonly entry: FileMapping | undefined
  readonly kinds: readonly ImportKind[]
  readonly onKind: (kind: string | null) => void
  readonly onColumn: (theirs: string, ours: string | null) => void
}

export function FileColumns({ file, entry, kinds, onKind, onColumn }: FileColumnsProps) {
  const kind = kinds.find((candidate) => candidate.kind === entry?.kind)
  const choices = kind?.columns.map((column) => ({ value: column.name, label: column.is_required ? `${column.label} *` : column.label })) ?? []
  const others = entry ? listOtherSources(entry, file.columns.map((column) => column.name)) : []
  return (
    <Section title={file.name} aside={<span className="soft figures">{t('{n, plural, one {# row} other {# rows}}', { n: file.rows })}</span>}>
      <div className={classes.file}>
        <Select
          label={t('This file holds')}
          data={kinds.map((candidate) => ({ value: candidate.kind, label: candidate.label }))}
          value={entry?.kind ?? null}
          placeholder={t('Nothing we import')}
          clearable
          clearButtonProps={{ 'aria-label': t('Leave this file out') }}
          onChange={onKind}
        />
        {entry && entry.kind === file.kind_guess && <Confidence share={file.confidence} />}
      </div>
      {kind && file.columns.length > 0 && (
        <div className={classes.scroll}>
          <table className={classes.columns}>
            <thead>
              <tr>
                <th scope="col">{t('Column in the file')}</th>
                <th scope="col">{t('Examples')}</th>
                <th scope="col">{t('Is our')}</th>
                <th scope="col">{t('How sure')}</th>
              </tr>
            </thead>
            <tbody>
              {file.columns.map((column) => {
                const ours = entry ? fedBy(entry, column.name) : null
                return (
                  <tr key={column.name}>
                    <td>{column.name}</td>
                    <td className={classes.samples}>{column.samples.join(' · ')}</td>
                    <td>
                      <Select
                        aria-label={t('{column} is our', { column: column.name })}
                        size="xs"
                        data={withChosen(choices, ours)}
                        value={ours}
                        placeholder={t('not used')}
                        searchable
                        clearable
                        clearButtonProps={{ 'aria-label': t('Do not use {column}', { column: column.name }) }}
                        onChange={(next) => onColumn(column.name, next)}
                      />
                    </td>
                    <td>{ours !== null && ours === column.guess && <Confidence share={column.confidence} />}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
      {others.length > 0 && (
        <p className="soft small">
          {t('Also set by the mapping:')} {others.map(({ ours, source }) => `${ours.replaceAll('_', ' ')} = ${describeSource(source)}`).join('; ')}
        </p>
      )}
      {entry?.rows && <p className="soft small">{t('{n, plural, one {# row} other {# rows}} written in the mapping itself', { n: entry.rows.length })}</p>}
    </Section>
  )
}

type Choice = { readonly value: string; readonly label: string }

/** A custom field is not among the standard columns but stays choosable once a mapping uses it. */
function withChosen(choices: readonly Choice[], ours: string | null): Choice[] {
  const isKnown = ours === null || choices.some((choice) => choice.value === ours)
  return isKnown ? [...choices] : [...choices, { value: ours, label: ours.replace('custom.', '') }]
}

function describeSource(source: ColumnSource): string {
  if (source.constant !== undefined) return `“${source.constant}”`
  return source.join ? t('looked up in another file') : (source.column ?? t('written in the mapping'))
}

function Confidence({ share }: { readonly share: number }) {
  const isSure = share >= SURE
  return <StatusBadge tone={isSure ? 'ok' : 'warn'}>{isSure ? formatShare(share) : t('{share}, please look', { share: formatShare(share) })}</StatusBadge>
}
