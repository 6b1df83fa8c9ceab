import { describe, expect, test } from 'vitest'
import { checkSource, describeSource } from './check-source.ts'
import { stripTypes } from './strip-types.ts'

describe('source that is registered', () => {
  test.each([
    ['a missing handler', 'export default { "/a": () => 1 }', 'the default export has no handler for /b; it has /a'],
    ['a syntax error', 'export default {\n  "/b": () => = 1 }', /^SyntaxError: .* \(line 2, column \d+\)$/],
    ['what throws at once', 'const a = 1\n  null.x\nexport default {}', "it cannot be loaded: cannot read property 'x' of null (line 2, column 3)"],
    [
      'an import',
      'import fs from "node:fs"\nexport default {}',
      "'node:fs' cannot be imported here: code has '@cadre/contract/forgehook' and no other module",
    ],
    ['a name that is not there', 'import { x } from "@cadre/contract/forgehook"\nexport default {}', /Could not find export 'x'/],
    ['no default export', 'export const a = 1', 'its default export is no object of handlers by endpoint path'],
    ['a top level that never ends', 'await new Promise(() => {})\nexport default {}', 'never settles'],
    [
      'a definition that is no JSON',
      'const f = () => 1; f.definition = { input: 1n }\nexport default { "/b": f }',
      'the definition at [0].input is a bigint',
    ],
    ['brackets', '['.repeat(100_000), /nested too deeply|Maximum call stack size exceeded/],
    ['operators', '!'.repeat(100_000), /nested too deeply|Maximum call stack size exceeded/],
    // Said by a parser that is out of its stack.
    ['functions', 'function a(){'.repeat(100_000), /./],
  ])('%s', async (_, source, message) => {
    await expect(checkSource(source, ['/b'])).rejects.toThrow(message)
  })
  test('what can be called passes', async () => {
    await checkSource('export default { "/a": () => 1, "/b": async () => 2 }', ['/a', '/b'])
  })
  test('definitions are told, bare handlers by their path', async () => {
    const source = `import { defineHook } from '@cadre/contract/forgehook'
const hook = defineHook({ '/a': { description: 'Adds', effect: 'read', input: { type: 'object' }, output: {}, examples: [{ input: {} }], handler: () => 1 } })
export default { ...hook, '/b': () => 2, note: 'no handler' }`
    expect(await describeSource(source)).toEqual([
      { path: '/a', description: 'Adds', effect: 'read', input: { type: 'object' }, output: {}, examples: [{ input: {} }] },
      { path: '/b' },
    ])
  })
})

describe('types', () => {
  test('are taken out, and every line stays where it was', async () => {
    expect(await stripTypes('const a: number = 1\ntype B = string\nexport default a as B')).toBe(
      `const a${' '.repeat(8)} = 1\n${' '.repeat(15)}\nexport default a${' '.repeat(5)}`,
    )
  })
  test.each([
    ['a syntax error', 'const a: number = 1\n\nconst b = = 2', 'Expression expected (line 3)'],
    ['what is more than types', '\nenum A { X }', 'TypeScript enum is not supported in strip-only mode (line 2)'],
    ['brackets', '('.repeat(200_000), 'it is nested too deeply for its types to be read'],
    ['arrows', 'a=>'.repeat(200_000), 'it is nested too deeply for its types to be read'],
  ])('%s', async (_, source, message) => {
    await expect(stripTypes(source)).rejects.toThrow(message)
    expect(await stripTypes('let a: 1')).toBe('let a   ')
  })
})
