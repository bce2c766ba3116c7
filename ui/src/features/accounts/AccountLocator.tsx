// Where on the earth is this account? A small still picture of its surroundings, from the boundaries the map uses.
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { loadAtlas, type Atlas } from '@/mapkit/atlas'
import { t } from '@/pure/words'
import classes from './AccountLocator.module.css'
import { drawShape, type Sheet } from './locator'

type AccountLocatorProps = { readonly name: string; readonly latitude: number; readonly longitude: number }

const WIDTH = 360
const HEIGHT = 220

function drawLevels(atlas: Atlas, sheet: Sheet) {
  const draw = (level: keyof Atlas) =>
    atlas[level].shapes.features.map((shape) => drawShape(sheet, shape)).filter(Boolean)
  return { country: draw('country'), county: draw('county'), state: draw('state') }
}

export default function AccountLocator({ name, latitude, longitude }: AccountLocatorProps) {
  const atlas = useQuery({ queryKey: ['atlas'], queryFn: loadAtlas, staleTime: Infinity })
  const paths = useMemo(
    () => atlas.data && drawLevels(atlas.data, { latitude, longitude, reach: 3.2, width: WIDTH, height: HEIGHT }),
    [atlas.data, latitude, longitude],
  )
  if (atlas.error) return <p className="soft small">{t('The boundaries could not be loaded, so there is no picture.')}</p>
  if (!paths) return <Skeleton height={HEIGHT} />
  return (
    <svg
      className={classes.sheet}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t('{name} on the map, at {latitude}, {longitude}', {
        name,
        latitude: latitude.toFixed(2),
        longitude: longitude.toFixed(2),
      })}
    >
      {paths.country.map((path, place) => <path key={`n${place}`} d={path} className={classes.country} />)}
      {paths.county.map((path, place) => <path key={`c${place}`} d={path} className={classes.county} />)}
      {paths.state.map((path, place) => <path key={`s${place}`} d={path} className={classes.state} />)}
      <circle cx={WIDTH / 2} cy={HEIGHT / 2} r={14} className={classes.halo} />
      <circle cx={WIDTH / 2} cy={HEIGHT / 2} r={5} className={classes.pin} />
    </svg>
  )
}
