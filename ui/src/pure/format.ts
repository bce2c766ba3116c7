// How is a number, an amount, a share or a moment written? Short, with its unit, the same everywhere.
import { t } from './words'

const LOCALE = 'en-US'
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 3 })

/** 12,345 */
export function formatCount(value: number): string {
  return whole.format(value)
}

/** 12.3K: for axes, pins and badges, where the exact figure is one click away. */
export function formatShort(value: number): string {
  return Math.abs(value) < 1000 ? whole.format(value) : short.format(value)
}

function digitsOf(currency: string): number {
  return new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** An amount kept in minor units (cents), written in full or short: $1,234,567 or $1.23M. */
export function formatMoney(minor: number, currency: string, style: 'full' | 'short' = 'full'): string {
  const amount = minor / 10 ** digitsOf(currency)
  const options: Intl.NumberFormatOptions =
    style === 'short' && Math.abs(amount) >= 1000
      ? { notation: 'compact', maximumSignificantDigits: 3 }
      : { maximumFractionDigits: 0 }
  return new Intl.NumberFormat(LOCALE, { style: 'currency', currency, ...options }).format(amount)
}

/** A share of one (0.123) as a percentage: 12 %. Small shares keep one decimal. */
export function formatShare(share: number): string {
  const percent = share * 100
  const digits = percent !== 0 && Math.abs(percent) < 10 ? 1 : 0
  return `${percent.toFixed(digits).replace('-', '−')} %`
}

/** A signed difference: +214, −3, ±0. The minus sign is a real one, so that columns align. */
export function formatDelta(difference: number, format: (value: number) => string = formatCount): string {
  if (difference === 0) return '±0'
  return (difference > 0 ? '+' : '−') + format(Math.abs(difference))
}

/** The share by which `value` differs from what it is compared with; null when that is nothing. */
export function deviationOf(value: number, target: number): number | null {
  return target === 0 ? null : (value - target) / target
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function relativePart(distance: number): string {
  const size = Math.abs(distance)
  const [count, unit] =
    size < MINUTE ? [0, ''] : size < HOUR ? [size / MINUTE, 'min'] : size < 2 * DAY ? [size / HOUR, 'h'] : [size / DAY, 'd']
  if (!unit) return t('just now')
  const amount = `${Math.round(count)} ${unit}`
  return distance > 0 ? t('in {amount}', { amount }) : t('{amount} ago', { amount })
}

function dayIn(moment: Date, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(moment)
}

/** A date of the organisation's calendar: 21 Nov 2026. Takes an ISO date or moment. */
export function formatDate(iso: string, timeZone?: string): string {
  const isDay = iso.length === 10
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: isDay ? 'UTC' : timeZone,
  }).format(new Date(iso))
}

/** A moment as people say it: "tomorrow 00:00 (in 14 h)", "today 09:12 (5 min ago)", "3 Mar 2026 14:05". */
export function formatMoment(iso: string, now: Date, timeZone?: string): string {
  const moment = new Date(iso)
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(moment)
  const daysApart = Math.round(
    (Date.parse(dayIn(moment, timeZone)) - Date.parse(dayIn(now, timeZone))) / DAY,
  )
  const distance = moment.getTime() - now.getTime()
  const near: Record<number, string> = { [-1]: t('yesterday'), 0: t('today'), 1: t('tomorrow') }
  const day = near[daysApart]
  if (day) return `${day} ${clock} (${relativePart(distance)})`
  return `${formatDate(iso, timeZone)} ${clock}`
}

/** A stretch of time in the largest two units that matter: 4 s, 2 min 10 s, 1 h 5 min. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
}
