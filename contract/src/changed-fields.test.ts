import { expect, test } from 'vitest'
import { changedFields } from './changed-fields.ts'

test('fields that differ, settings by themselves, whatever the order of what is in them', () => {
  const before = {
    name: 'a',
    tools: ['x', 'y'],
    output_schema: { type: 'object', required: ['a'] },
    config: { max_steps: 1, context: { a: 1, b: 2 } },
  }
  expect(changedFields(before, structuredClone(before))).toEqual([])
  const same = { ...before, output_schema: { required: ['a'], type: 'object' }, config: { context: { b: 2, a: 1 }, max_steps: 1 } }
  expect(changedFields(before, same)).toEqual([])
  expect(changedFields(before, { ...before, tools: ['y', 'x'], role: 'new', config: { max_steps: 2, context: { a: 1, b: 2 } } })).toEqual([
    'config.max_steps',
    'role',
    'tools',
  ])
  expect(changedFields({ a: [1] }, { a: { 0: 1 } })).toEqual(['a'])
})
