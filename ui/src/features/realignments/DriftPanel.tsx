// What has changed under a proposal since it was made, and how does it go on?
import { Button } from '@mantine/core'
import { DataTable, type Column } from '@/kit/DataTable'
import { BeforeAfter } from '@/kit/Figure'
import { Section } from '@/kit/Page'
import { t } from '@/pure/words'
import type { DriftItem } from './types'

const COLUMNS: readonly Column<DriftItem>[] = [
  { key: 'name', header: t('What'), value: (item) => item.name || item.what, width: 200, grow: 2 },
  { key: 'sentence', header: t('What changed'), value: (item) => item.sentence, width: 320, grow: 4 },
  {
    key: 'change',
    header: t('Then and now'),
    value: (item) => item.after ?? '',
    render: (item) => <BeforeAfter before={item.before ?? '–'} after={item.after ?? '–'} />,
    width: 220,
    grow: 2,
  },
]

export type DriftPanelProps = {
  readonly items: readonly DriftItem[]
  readonly mayRebase: boolean
  readonly isBusy: boolean
  readonly onRebase: () => void
}

export function DriftPanel({ items, mayRebase, isBusy, onRebase }: DriftPanelProps) {
  return (
    <Section
      title={t('{n, plural, =0 {Overtaken by changes} one {# thing changed since the proposal} other {# things changed since the proposal}}', { n: items.length })}
      aside={
        mayRebase && (
          <Button size="compact-sm" loading={isBusy} onClick={onRebase}>
            {t('Propose again on today’s state')}
          </Button>
        )
      }
    >
      <p className="soft">
        {t('Nothing was moved. A new proposal decides the same intent afresh, with its own impact and approvals.')}
      </p>
      {items.length > 0 && (
        <DataTable
          label={t('Changes since the proposal')}
          columns={COLUMNS}
          rows={items}
          rowKey={(item) => `${item.account_id}-${item.what}`}
          height={320}
        />
      )}
    </Section>
  )
}
