// Which small buttons does every page need? Copy a text, download rows.
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { writeCsv, type CsvCell } from '@/pure/csv'
import { t } from '@/pure/words'

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const clipboard = useClipboard({ timeout: 1500 })
  return (
    <Tooltip label={clipboard.copied ? t('Copied') : label}>
      <ActionIcon aria-label={clipboard.copied ? t('Copied') : label} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  )
}

/** Hands the browser a file made here. */
export function downloadText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

export type CsvExportProps =
  /** The server streams the file: the same filters, all rows. */
  | { readonly href: string }
  /** The rows at hand. */
  | { readonly name: string; readonly header: readonly string[]; readonly rows: () => Iterable<readonly CsvCell[]> }

export function CsvExport(props: CsvExportProps) {
  const look = { variant: 'subtle', color: 'gray', size: 'compact-sm', leftSection: <IconDownload size={16} aria-hidden="true" /> } as const
  if ('href' in props) {
    return (
      <Button component="a" href={props.href} download {...look}>
        {t('Export CSV')}
      </Button>
    )
  }
  return (
    <Button {...look} onClick={() => downloadText(props.name, writeCsv(props.header, props.rows()), 'text/csv')}>
      {t('Export CSV')}
    </Button>
  )
}
