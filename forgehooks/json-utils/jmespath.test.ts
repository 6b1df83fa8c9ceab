import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('.', import.meta.url), handlers)
const ask = async (expression: string, data: unknown = {}) => (await call('/query', { data, expression, language: 'jmespath' })).result as unknown

const people = [
  { name: 'Ann', age: 30, tags: ['a', 'b'] },
  { name: 'Bob', age: 25, tags: ['c'] },
  { name: 'Cyd', age: null, tags: [] },
]

test.each<[string, unknown, unknown]>([
  ['[?age > `26`].name', people, ['Ann']],
  ["[?name == 'Bob'] | [0].age", people, 25],
  ['[?age == null].name', people, ['Cyd']],
  ['[*].tags[]', people, ['a', 'b', 'c']],
  ['[::-1].name', people, ['Cyd', 'Bob', 'Ann']],
  ['[-1].{n: name, t: length(tags)}', people, { n: 'Cyd', t: 0 }],
  ['[].[name, age]', [{ name: 'x', age: 1 }], [['x', 1]]],
  ['a || b && c', { a: 0, b: 1, c: 2 }, 0],
  ['!a', { a: [] }, true],
  ['"a-b".c', { 'a-b': { c: 1 } }, 1],
  [String.raw`'\\'`, {}, String.raw`\\`],
  [String.raw`'it\'s'`, {}, "it's"],
  ["to_number('')", {}, null],
  ["to_number('0x10')", {}, null],
  ["to_number('1e3')", {}, 1000],
  ['max_by(@, &age).name', people.slice(0, 2), 'Ann'],
  ['sort(@)', [-9, 10, 9, -8, -10.5, 0], [-10.5, -9, -8, 0, 9, 10]],
  ['sort(@)', ['b', '\u{1F600}', 'Z', '\uFFFD', 'ab', 'a'], ['Z', 'a', 'ab', 'b', '\uFFFD', '\u{1F600}']],
  ['sort(@)', [], []],
  ['sort_by(@, &a)[].i', [-1, -10, 2, -1].map((a, i) => ({ a, i })), [1, 0, 3, 2]],
  ['min_by(@, &a).i', [-1, -10, -10].map((a, i) => ({ a, i })), 1],
  ['constructor', {}, null],
  ['__proto__', {}, null],
  ['a > b', { a: 'y', b: 'x' }, null],
])('%s', async (expression, data, result) => expect(await ask(expression, data)).toEqual(result))

test.each([
  ['a[', 'it ends too early, at character 3'],
  ['foo bar', '"bar" at character 5'],
  ['a]', '"]" at character 2'],
  ["'\\\\' || #", '"#" at character 9'],
  ["'x", "the ' that opens at character 1 is never closed"],
  ['[?a = `1`]', '"=" at character 5 is not expected there; to compare, write =='],
  ['[a, b c]', '"c" at character 7 is not expected there'],
  ['[?a == `{x}`]', 'the literal `{x}` at character 8 is not JSON'],
  ['nope(@)', 'there is no function nope()'],
  ['length(`1`)', 'length() expected argument 1 to be of type string or array or object, not number'],
  ['a-b', 'a name with a sign in it is written in double quotes'],
  ['@[0:1:0]', 'slice step cannot be 0'],
])('%s is refused', async (expression, reason) => await expect(ask(expression, [1])).rejects.toThrow(reason))

test('a maximum of text and numbers is none', async () => {
  await expect(ask('max_by(@, &a)', [{ a: 1 }, { a: 'x' }])).rejects.toThrow('cannot compare text with numbers')
  await expect(ask('sort(@)', [1, 'x'])).rejects.toThrow('cannot compare text with numbers')
  await expect(ask('sort_by(@, &a)', [{ a: 1 }, {}])).rejects.toThrow('sort_by() needs numbers or texts to compare, not null')
})
