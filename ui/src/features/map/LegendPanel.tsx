// What do the colours mean, and what is the map's content as a table? One panel: the legend is the working table.
import { ActionIcon, SegmentedControl } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { CsvExport } from '@/kit/Buttons'
import { Swatch } from '@/kit/StatusBadge'
import type { Level } from '@/mapkit/codes'
import { formatCount, formatDelta, formatMoney, formatShare } from '@/pure/format'
import { DIVERGING, SEQUENTIAL } from '@/pure/palette'
import { t } from '@/pure/words'
import classes from './MapPage.module.css'
import { EXTREME, TOLERANCE, type LegendRow, type Territory, type Unit } from './reading'
import type { MapData } from './useMapData'
import type { MapView } from './useMapView'

type PieceRow = { readonly key: string; readonly name: string; readonly unit: Unit; readonly territory: Territory | null }

export type LegendPanelProps = {
  readonly view: MapView
  readonly data: MapData
  readonly isFolded: boolean
  readonly onFold: () => void
  readonly onTerritory: (code: string) => void
  readonly onPiece: (level: Level, place: number) => void
}

export function LegendPanel({ view, data, isFolded, onFold, onTerritory, onPiece }: LegendPanelProps) {
  const [tab, setTab] = useState('territories')
  return (
    <section className={classes.legend} aria-label={t('Legend and table')} data-folded={isFolded || undefined}>
      <div className={classes.legendHead}>
        {isFolded ? (
          <h2>{t('{n, plural, one {# territory} other {# territories}}', { n: data.legend.length })}</h2>
        ) : (
          <SegmentedControl
            size="xs"
            aria-label={t('Rows of the table')}
            value={tab}
            onChange={setTab}
            data={[
              { value: 'territories', label: t('Territories') },
              { value: 'pieces', label: t('Places') },
            ]}
          />
        )}
        <ActionIcon onClick={onFold} aria-label={isFolded ? t('Unfold the legend') : t('Fold the legend')} aria-expanded={!isFolded}>
          {isFolded ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
        </ActionIcon>
      </div>
      {!isFolded && (
        <>
          <Scale view={view} />
          {tab === 'territories' ? (
            <TerritoryRows view={view} data={data} onTerritory={onTerritory} />
          ) : (
            <PieceRows view={view} data={data} onPiece={onPiece} />
          )}
        </>
      )}
    </section>
  )
}

function Scale({ view }: { readonly view: MapView }) {
  if (view.by === 'territory' || view.by === 'owner') return null
  const isDeviation = view.by === 'deviation'
  const stops = isDeviation ? DIVERGING : SEQUENTIAL
  return (
    <div className={classes.scale}>
      <span>{isDeviation ? `−${formatShare(EXTREME)}` : t('few')}</span>
      <span className={classes.ramp} style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} aria-hidden="true" />
      <span>{isDeviation ? `+${formatShare(EXTREME)}` : t('most')}</span>
      {isDeviation && <span className="soft">{t('grey within ±{share}', { share: formatShare(TOLERANCE) })}</span>}
    </div>
  )
}

type TerritoryRowsProps = Pick<LegendPanelProps, 'view' | 'data' | 'onTerritory'>

function TerritoryRows({ view, data, onTerritory }: TerritoryRowsProps) {
  const { currency } = useSession().organisation
  const isMoney = view.by === 'revenue'
  const columns = useMemo(
    (): Column<LegendRow>[] => [
      {
        key: 'name',
        header: t('Territory'),
        value: (row) => row.territory.name,
        width: 148,
        grow: 2,
        render: (row) => (
          <span className={classes.named}>
            <Swatch colour={row.colour} />
            <span>{row.territory.name}</span>
          </span>
        ),
      },
      { key: 'owner', header: t('Owner'), value: (row) => row.territory.primary?.name ?? t('Vacant'), width: 112 },
      isMoney
        ? {
            key: 'revenue',
            header: t('Revenue'),
            value: (row) => (row.territory.is_in_scope ? row.territory.totals.revenue_minor : null),
            render: (row) => (row.territory.is_in_scope ? formatMoney(row.territory.totals.revenue_minor, currency, 'short') : '–'),
            align: 'end',
            width: 92,
            grow: 0,
          }
        : { key: 'accounts', header: t('Accounts'), value: (row) => (row.territory.is_in_scope ? row.territory.totals.accounts : null), align: 'end', width: 92, grow: 0 },
      {
        key: 'deviation',
        header: t('vs avg'),
        value: (row) => row.deviation,
        render: (row) => (row.deviation === null ? '–' : formatDelta(Math.round(row.deviation * 100), (value) => `${formatCount(value)} %`)),
        align: 'end',
        width: 76,
        grow: 0,
      },
    ],
    [isMoney, currency],
  )
  return (
    <DataTable
      key={view.by}
      label={t('Territories on the map')}
      columns={columns}
      rows={data.legend}
      rowKey={(row) => row.territory.code}
      onRow={(row) => onTerritory(row.territory.code)}
      sort={{ key: isMoney ? 'revenue' : 'accounts', isDescending: true }}
      empty={<p className={classes.none}>{t('No territory has a place on the map yet. Import accounts and territories first.')}</p>}
      tools={
        <CsvExport
          name="territories-on-the-map.csv"
          header={['code', 'name', 'owner', 'accounts', 'revenue_minor', 'deviation']}
          rows={() =>
            data.legend.map(({ territory, deviation }) => [
              territory.code, territory.name, territory.primary?.name, territory.totals.accounts, territory.totals.revenue_minor, deviation,
            ])
          }
        />
      }
    />
  )
}

type PieceRowsProps = Pick<LegendPanelProps, 'view' | 'data' | 'onPiece'>

function PieceRows({ view, data, onPiece }: PieceRowsProps) {
  const { currency } = useSession().organisation
  const rows = useMemo((): PieceRow[] => {
    if (!data.atlas) return []
    const { names } = data.atlas[view.level]
    return names.flatMap((name, place) => {
      const unit = data.unitAt(view.level, place)
      return unit ? [{ key: String(place), name, unit, territory: data.territoryAt(view.level, place) }] : []
    })
  }, [data, view.level])
  const columns = useMemo(
    (): Column<PieceRow>[] => [
      { key: 'name', header: t('Place'), value: (row) => row.name, width: 112 },
      { key: 'territory', header: t('Territory'), value: (row) => row.territory?.name ?? t('none'), width: 104 },
      { key: 'accounts', header: t('Accounts'), value: (row) => row.unit.accounts, align: 'end', width: 92, grow: 0 },
      {
        key: 'revenue',
        header: t('Revenue'),
        value: (row) => row.unit.revenue_minor,
        render: (row) => formatMoney(row.unit.revenue_minor, currency, 'short'),
        align: 'end',
        width: 92,
        grow: 0,
      },
    ],
    [currency],
  )
  return (
    <DataTable
      label={t('Places on the map')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      onRow={(row) => onPiece(view.level, Number(row.key))}
      sort={{ key: 'accounts', isDescending: true }}
    />
  )
}
