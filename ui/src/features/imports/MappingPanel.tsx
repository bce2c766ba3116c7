// How are the columns read? The guess is always shown, with its confidence, and confirmed by a person.
import { Button, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, api } from '@/api/client'
import { ErrorState, Waiting } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { t } from '@/pure/words'
import { FileColumns } from './FileColumns'
import classes from './Imports.module.css'
import { changeKind, feedColumn, listMissing } from './mapping'
import { readMapping, type ImportKind, type ImportRun, type Mapping } from './types'

export type MappingPanelProps = { readonly run: ImportRun; readonly onChecking: (jobId: number) => void }

export function MappingPanel({ run, onChecking }: MappingPanelProps) {
  const kinds = $api.useQuery('get', '/api/v1/import_kinds')
  const [mapping, setMapping] = useState<Mapping>(() => readMapping(run.mapping))
  const [saveAs, setSaveAs] = useState('')
  const check = useMutation({
    mutationFn: async () => {
      const params = { path: { import_id: run.id } }
      await api.PUT('/api/v1/imports/{import_id}/mapping', { params, body: { mapping: { ...mapping }, save_as: saveAs.trim() || null } })
      return (await api.POST('/api/v1/imports/{import_id}/check', { params })).data
    },
    onSuccess: (started) => started && onChecking(started.job_id),
  })
  if (kinds.error) return <ErrorState error={kinds.error} onRetry={() => void kinds.refetch()} />
  if (!kinds.data) return <Waiting />
  const missing = listAllMissing(mapping, kinds.data)

  return (
    <>
      {run.mappings.length > 0 && <SavedMappings names={run.mappings} onChosen={setMapping} />}
      {run.files.map((file) => {
        const entry = mapping.files.find((candidate) => candidate.file === file.name)
        return (
          <FileColumns
            key={file.name}
            file={file}
            entry={entry}
            kinds={kinds.data}
            onKind={(kind) => setMapping(changeKind(mapping, file.name, kind))}
            onColumn={(theirs, ours) => setMapping(feedColumn(mapping, file.name, theirs, ours))}
          />
        )
      })}
      {check.error && <ErrorState error={check.error} kept={t('Your choices are still here. Nothing was imported.')} />}
      <Section title={t('Then look at what is in them')} isCard={false}>
        {missing.length > 0 && <p className="soft">{t('Still needed: {columns}.', { columns: missing.join('; ') })}</p>}
        <div className={classes.buttons}>
          <Button disabled={missing.length > 0 || mapping.files.length === 0} loading={check.isPending} onClick={() => check.mutate()}>
            {t('Check the files')}
          </Button>
          <TextInput
            aria-label={t('Save this mapping as')}
            placeholder={t('Save this mapping as…')}
            value={saveAs}
            maxLength={120}
            onChange={(event) => setSaveAs(event.currentTarget.value)}
          />
        </div>
      </Section>
    </>
  )
}

function listAllMissing(mapping: Mapping, kinds: readonly ImportKind[]): readonly string[] {
  return mapping.files.flatMap((entry) => {
    const kind = kinds.find((candidate) => candidate.kind === entry.kind)
    const required = kind?.columns.filter((column) => column.is_required).map((column) => column.name) ?? []
    return listMissing(entry, required).map((name) => `${entry.file}: ${name.replaceAll('_', ' ')}`)
  })
}

type SavedMappingsProps = { readonly names: readonly string[]; readonly onChosen: (mapping: Mapping) => void }

function SavedMappings({ names, onChosen }: SavedMappingsProps) {
  const saved = $api.useQuery('get', '/api/v1/import_mappings')
  return (
    <Select
      label={t('Use a saved mapping')}
      placeholder={t('As guessed')}
      data={[...names]}
      style={{ maxWidth: 320 }}
      onChange={(name) => {
        const content = saved.data?.find((mapping) => mapping.name === name)?.content
        if (content) onChosen(readMapping(content))
      }}
    />
  )
}
