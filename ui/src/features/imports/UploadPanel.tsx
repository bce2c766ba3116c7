// Which files are brought in? Dropped or chosen, sent at once, and read on the server.
import { Button, FileButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconUpload } from '@tabler/icons-react'
import { useState, type DragEvent } from 'react'
import { writeHeaders, type Answer } from '@/api/client'
import { readProblem } from '@/api/problem'
import { ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'
import classes from './Imports.module.css'

const KINDS_OF_FILE = '.csv,.tsv,.txt,.parquet,.yaml,.yml,.toml'

/** Uploads go past the typed client: a multipart body, streamed by the browser. */
async function uploadFiles(files: readonly File[]): Promise<Answer<'/api/v1/imports', 'post'>> {
  const body = new FormData()
  for (const file of files) body.append('files', file)
  const response = await fetch('/api/v1/imports', { method: 'POST', body, headers: writeHeaders(), credentials: 'same-origin' })
  if (!response.ok) throw await readProblem(response)
  return (await response.json()) as Answer<'/api/v1/imports', 'post'>
}

export function UploadPanel({ onUploaded }: { readonly onUploaded: (id: number) => void }) {
  const [isOver, setOver] = useState(false)
  const upload = useMutation({ mutationFn: uploadFiles, onSuccess: (run) => onUploaded(run.id) })
  const take = (files: readonly File[]) => files.length > 0 && upload.mutate(files)
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take([...event.dataTransfer.files])
  }
  if (upload.error) {
    return <ErrorState error={upload.error} kept={t('No file was kept and nothing was changed.')} onRetry={() => upload.reset()} />
  }
  return (
    <div
      className={`${classes.drop} ${isOver ? classes.over : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconUpload size={28} aria-hidden="true" />
      <h2>{t('Drop your files here')}</h2>
      <p className="soft">
        {t('Accounts, reps, territories, state maps, seats, deals, quotas, activities as CSV or Parquet; a plan as YAML; a column mapping as TOML.')}
      </p>
      <FileButton multiple accept={KINDS_OF_FILE} onChange={take}>
        {(props) => (
          <Button {...props} loading={upload.isPending}>
            {t('Choose files')}
          </Button>
        )}
      </FileButton>
      <p className="soft small">{t('Nothing is changed until you have seen what was found and confirm.')}</p>
    </div>
  )
}
