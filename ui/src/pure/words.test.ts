// Does a sentence come out right, in English and in another language?
import { afterEach, expect, test } from 'vitest'
import { fillMessage, setCatalogue, t } from './words'

afterEach(() => setCatalogue('en', {}))

test('values are filled in and numbers grouped', () => {
  expect(t('Move {n} accounts to {name}', { n: 1214, name: 'North' })).toBe('Move 1,214 accounts to North')
})

test('plural branches follow the count', () => {
  const sentence = '{n, plural, =0 {no account} one {# account} other {# accounts}} left'
  expect([0, 1, 2, 2500].map((n) => fillMessage(sentence, { n }))).toEqual([
    'no account left', '1 account left', '2 accounts left', '2,500 accounts left',
  ])
})

test('a branch may hold other values', () => {
  expect(fillMessage('{n, plural, one {# of {name}} other {# from {name}}}', { n: 3, name: 'Ann' })).toBe('3 from Ann')
})

test('an unknown value and an open brace stay visible', () => {
  expect(fillMessage('Hello {name}', {})).toBe('Hello {name}')
  expect(fillMessage('Hello {name', { name: 'x' })).toBe('Hello {name')
})

test('a catalogue replaces the sentence and uses the rules of its language', () => {
  setCatalogue('pl', { '{n, plural, one {# row} other {# rows}}': '{n, plural, one {# wiersz} few {# wiersze} many {# wierszy} other {# wiersza}}' })
  expect([1, 3, 5].map((n) => t('{n, plural, one {# row} other {# rows}}', { n }))).toEqual(['1 wiersz', '3 wiersze', '5 wierszy'])
})
