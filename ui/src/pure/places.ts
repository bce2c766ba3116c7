// Which currencies, time zones and months may be chosen? Those the browser knows, named in plain words.

export type Choice = { readonly value: string; readonly label: string }

export function currencyChoices(): Choice[] {
  const names = new Intl.DisplayNames('en', { type: 'currency' })
  return Intl.supportedValuesOf('currency').map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }))
}

export function timeZoneChoices(): Choice[] {
  const zones = Intl.supportedValuesOf('timeZone')
  return (zones.includes('UTC') ? zones : ['UTC', ...zones]).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
}

export function monthChoices(): Choice[] {
  const name = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, month) => ({
    value: String(month + 1),
    label: name.format(Date.UTC(2026, month, 1)),
  }))
}
