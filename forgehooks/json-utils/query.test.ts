import { HookError } from '@cadre/contract/forgehook'
import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('.', import.meta.url), handlers)
const ask = (expression: string, data: unknown = {}) => call('/query', { data, expression })

test('nothing found is told from null', async () => {
  expect(await ask('nope')).toEqual({ result: null, found: false })
  expect(await ask('a', { a: null })).toEqual({ result: null, found: true })
})

test.each([
  ['(', /^expression: .*before end of expression/],
  ['nope()', /^expression: .*non-function/],
  ['$sum', /^expression: the result is or holds a function/],
  ['[1, function($x){$x}]', /^expression: the result is or holds a function/],
  ['1/0', /^expression: the result holds Infinity/],
  ['"a" + 1', /\(at character \d+\)/],
  ['$error("my own words")', /^expression: my own words/],
  ['($f := function($n){ 1 + $f($n + 1) }; $f(0))', /^expression: Stack overflow/],
  ['[1..10000000]', /^expression: The maximum sequence length/],
])('%s is refused, and the field named', async (expression, reason) => {
  const refused = expect(ask(expression)).rejects
  await refused.toBeInstanceOf(HookError)
  await refused.toThrow(reason)
})

test('an endless loop ends with the reason', async () => {
  await expect(ask('($f := function($n){ $f($n + 1) }; $f(0))')).rejects.toThrow(/^expression: Evaluation timeout/)
})

test('prototypes and constructors are neither seen nor changed', async () => {
  for (const expression of ['constructor', '__proto__', '$lookup($, "constructor")', '"a".constructor("return process")()'])
    expect(await ask(expression)).toEqual({ result: null, found: false })
  await ask('$ ~> |$|{"__proto__": {"polluted": 1}}|')
  await ask('$merge([{"__proto__": {"polluted": 1}}])')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('lists are what JSONata makes of them, without its marks', async () => {
  const data = { a: [{ b: 1 }] }
  expect((await ask('a.b', data)).result).toBe(1)
  expect((await ask('a.b[]', data)).result).toEqual([1])
})

test('an expression nested without end is refused', async () => {
  await expect(ask(`${'('.repeat(9000)}1`)).rejects.toThrow(/^expression: /)
})
