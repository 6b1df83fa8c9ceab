import type { Run } from '@cadre/contract/runs'
import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { createFormat } from '../../i18n/format.ts'
import { logLines } from './log-lines.ts'

const call = { finish_reason: 'tool-calls' }
const step = { tool: 'date-utils', action: 'parse', error: null, duration_ms: 20 }
const at = (second: number) => `2024-03-05T10:00:0${second}.000Z`

test('what happened, in order of time, with what went wrong marked', () => {
  const run = {
    started_at: at(0),
    completed_at: at(6),
    provider: 'builtin',
    model: 'planner',
    status: 'failed',
    error: { code: 'TOOL_FAILED', message: 'it broke' },
    model_calls: [
      { ...call, call: 1, timestamp: at(1) },
      { ...call, call: 2, timestamp: at(4), finish_reason: 'error' },
    ],
    steps: [
      { ...step, step: 1, status: 'completed', timestamp: at(2) },
      { ...step, step: 2, status: 'uncertain', error: 'nobody knows', timestamp: at(5) },
    ],
    added: [{ call: 2, timestamp: at(3), by: 'usr_1', name: 'Ana', message_id: 'msg_1', text: 'in euros' }],
    prepared: { system: 'It is Monday.', hooks: ['date-and-language'], timestamp: at(0) },
    compactions: [{ call: 2, timestamp: at(3), record: { why: 'it did not fit' } }],
  } as unknown as Run
  expect(logLines(run, en, createFormat('en', 'UTC')).map(({ text, tone }) => `${tone} ${text}`)).toEqual([
    'plain started with builtin / planner',
    'plain Put into the prompt by date-and-language',
    'plain model call 1 answered (tool-calls)',
    'plain date-utils / parse: Done (20ms)',
    'warning The conversation was shortened: it did not fit',
    'plain Ana added, while the agent worked: in euros',
    'danger model call 2 answered (error)',
    'warning date-utils / parse: nobody knows',
    'danger ended: Failed: it broke',
  ])
})
