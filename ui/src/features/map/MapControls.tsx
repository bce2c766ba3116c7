// How does the user choose what the map shows? Pieces, colouring, depth, layer; filters as chips below.
import { SegmentedControl, Select } from '@mantine/core'
import { FilterBar, type Filter } from '@/kit/FilterBar'
import type { ViewPatch } from '@/pure/view'
import { t } from '@/pure/words'
import classes from './MapPage.module.css'
import { MapSearch, type Place } from './MapSearch'
import type { MapData } from './useMapData'
import { COLOURINGS, LEVELS, type MapView } from './useMapView'

const LEVEL_WORDS = { country: 'Countries', state: 'States', county: 'Counties' }
const COLOUR_WORDS = {
  territory: 'Territory',
  owner: 'Owner',
  accounts: 'Number of accounts',
  revenue: 'Revenue',
  deviation: 'Deviation from average',
}

const FILTERS: readonly Filter[] = [
  {
    key: 'staffing',
    label: 'Seat',
    kind: 'choice',
    choices: [
      { value: 'filled', label: 'Filled' },
      { value: 'interim', label: 'Held by an interim' },
      { value: 'vacant', label: 'Vacant' },
    ],
  },
  {
    key: 'list',
    label: 'Accounts',
    kind: 'choice',
    choices: [
      { value: 'unassigned', label: 'Unassigned' },
      { value: 'misplaced', label: 'Misplaced' },
      { value: 'conflicts', label: 'In conflict' },
    ],
  },
  { key: 'q', label: 'Name', kind: 'text' },
  { key: 'industry', label: 'Industry', kind: 'text' },
  { key: 'segment', label: 'Segment', kind: 'text' },
  { key: 'country', label: 'Country', kind: 'text' },
  { key: 'state', label: 'State', kind: 'text' },
]

export type MapControlsProps = {
  readonly view: MapView
  readonly data: MapData
  readonly onChange: (patch: ViewPatch) => void
  readonly onPlace: (place: Place) => void
}

export function MapControls({ view, data, onChange, onPlace }: MapControlsProps) {
  const depths = Array.from({ length: data.tree.deepest + 1 }, (_, depth) => depth)
  return (
    <div className={classes.controls}>
        <MapSearch atlas={data.atlas} tree={data.tree} onPlace={onPlace} />
        <SegmentedControl
          size="xs"
          aria-label={t('Pieces of the map')}
          value={view.level}
          onChange={(level) => onChange({ level: level === 'state' ? null : level })}
          data={LEVELS.map((level) => ({ value: level, label: t(LEVEL_WORDS[level]) }))}
        />
        <Select
          size="xs"
          aria-label={t('Coloured by')}
          className={classes.select}
          allowDeselect={false}
          value={view.by}
          onChange={(by) => onChange({ by: by === 'territory' ? null : by })}
          data={COLOURINGS.map((by) => ({ value: by, label: t(COLOUR_WORDS[by]) }))}
        />
        {depths.length > 2 && (
          <Select
            size="xs"
            aria-label={t('Depth of the territory tree')}
            className={classes.select}
            allowDeselect={false}
            value={view.depth === null ? 'all' : String(view.depth)}
            onChange={(depth) => onChange({ depth: depth === 'all' ? null : depth })}
            data={[
              { value: 'all', label: t('As assigned') },
              ...depths.map((depth) => ({ value: String(depth), label: t('Level {n}', { n: depth + 1 }) })),
            ]}
          />
        )}
        {data.layers.length > 1 && (
          <Select
            size="xs"
            aria-label={t('Layer')}
            className={classes.select}
            allowDeselect={false}
            value={view.layer ?? data.layers[0]!.code}
            onChange={(layer) => onChange({ layer: layer === data.layers[0]!.code ? null : layer })}
            data={data.layers.map((layer) => ({ value: layer.code, label: `${layer.code} (${t(layer.role)})` }))}
          />
        )}
        <FilterBar filters={FILTERS.map((filter) => ({ ...filter, label: t(filter.label) }))} />
    </div>
  )
}
