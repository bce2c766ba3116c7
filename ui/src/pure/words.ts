// How does a sentence on the screen become translatable? The English sentence is the key; a catalogue may replace it.
//
// Messages use the part of ICU MessageFormat that translators know: {name}, and
// {n, plural, one {# account} other {# accounts}}; "#" stands for the formatted number.

export type Values = Readonly<Record<string, string | number>>

let locale = 'en'
let catalogue: Readonly<Record<string, string>> = {}

/** Replaces the English sentences by those of a catalogue (English sentence → translation). */
export function setCatalogue(nextLocale: string, sentences: Readonly<Record<string, string>>): void {
  locale = nextLocale
  catalogue = sentences
}

/** The sentence in the user's language, with its values filled in. An unknown value stays visible as {name}. */
export function t(sentence: string, values: Values = {}): string {
  return fillMessage(catalogue[sentence] ?? sentence, values)
}

/** Where the brace that opens at `from` closes. */
function closingBrace(text: string, from: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  return -1
}

function formatValue(value: string | number): string {
  return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value
}

/** The branch of a plural that fits `count`: an exact "=0" first, then the language's category, then "other". */
function choosePlural(branches: string, count: number, values: Values): string {
  const options = new Map<string, string>()
  const head = /\s*(=\d+|\w+)\s*\{/y
  let at = 0
  for (;;) {
    head.lastIndex = at
    const found = head.exec(branches)
    if (!found) break
    const open = head.lastIndex - 1
    const close = closingBrace(branches, open)
    if (close < 0) break
    options.set(found[1]!, branches.slice(open + 1, close))
    at = close + 1
  }
  const chosen =
    options.get(`=${count}`) ?? options.get(new Intl.PluralRules(locale).select(count)) ?? options.get('other') ?? ''
  return fillMessage(chosen.replaceAll('#', formatValue(count)), values)
}

export function fillMessage(message: string, values: Values): string {
  let out = ''
  let at = 0
  while (at < message.length) {
    const open = message.indexOf('{', at)
    if (open < 0) return out + message.slice(at)
    const close = closingBrace(message, open)
    if (close < 0) return out + message.slice(at)
    out += message.slice(at, open)
    const [name = '', kind, ...rest] = message.slice(open + 1, close).split(',')
    const value = values[name.trim()]
    if (value === undefined) out += message.slice(open, close + 1)
    else if (kind?.trim() === 'plural') out += choosePlural(rest.join(','), Number(value), values)
    else out += formatValue(value)
    at = close + 1
  }
  return out
}
