import type { JournalEvent } from '@cadre/contract/run-events'
import { expect, test } from 'vitest'
import { beginningOf, cutEvent, sizeOver } from './cut-values.ts'

const limit = 4_000
const numbered = { seq: 1, at: '2026-03-05T10:00:00.000Z' }
const completed = (output: unknown, error: string | null = null): JournalEvent => ({
  ...numbered,
  type: 'tool.completed',
  step: 1,
  output,
  error,
  duration_ms: 1,
  retries: 0,
})

test.each([
  ['a'.repeat(4_000), null],
  ['a'.repeat(4_001), 4_001],
  ['ü'.repeat(2_000), null],
  ['ü'.repeat(2_001), 4_002],
  ['😀'.repeat(1_001), 4_004],
])('a text is over the limit by its bytes (%#)', (text, size) => {
  expect(sizeOver(text, limit)).toBe(size)
})

test('a beginning never ends within a character', () => {
  expect(beginningOf(`a${'😀'.repeat(600)}`)).toBe(`a${'😀'.repeat(499)}`)
  expect(beginningOf('short')).toBe('short')
})

test('what is not large stays the same object', () => {
  const small = completed({ rows: [1, 2, 3] })
  expect(cutEvent(small, limit)).toBe(small)
})

test('an error that is large is cut, and the result that was cut before stays said', () => {
  const event = { ...completed('the beginning', 'e'.repeat(5_000)), cut: { output: 9_000 } } as JournalEvent
  expect(cutEvent(event, limit)).toMatchObject({ output: 'the beginning', error: 'e'.repeat(1_000), cut: { output: 9_000, error: 5_000 } })
})

test('words in several parts become one beginning; calls and what is short stay', () => {
  const call = { type: 'tool-call' as const, call_id: 'c', tool: 't', input: '{}' }
  const event = {
    ...numbered,
    type: 'model.completed',
    call: 1,
    content: [{ type: 'text', text: 'a'.repeat(3_000) }, call, { type: 'text', text: 'b'.repeat(3_000) }, { type: 'reasoning', text: 'short' }],
    context: { dropped: [], notes: ['n'.repeat(5_000)], kept_aside: [], tokens: { total: 7 } },
  } as unknown as JournalEvent
  expect(cutEvent(event, limit)).toMatchObject({
    content: [{ type: 'text', text: 'a'.repeat(1_000) }, call, { type: 'reasoning', text: 'short' }],
    context: { notes: [], tokens: { total: 7 } },
    cut: { text: 6_000, context: expect.any(Number) },
  })
})

test('what a person made of an input comes with the call that begins with it', () => {
  const decided: JournalEvent = {
    ...numbered,
    type: 'approval.decided',
    step: 1,
    approval_id: 'apr_1',
    decision: 'approved',
    by: 'usr_1',
    edited_input: { text: 'x'.repeat(9_000) },
  }
  expect(cutEvent(decided, limit)).not.toHaveProperty('edited_input')
})
