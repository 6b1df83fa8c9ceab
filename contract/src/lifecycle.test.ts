import { expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { defineHook, type LifecycleInputs, type LifecycleOutputs } from './forgehook.ts'
import { type LifecycleHook, LifecycleHooks, lifecycleOf, type LifecyclePoint, lifecyclePoints } from './lifecycle-hooks.ts'
import { type lifecycleInput, lifecycleOutput } from './lifecycle.ts'

test('what authors read is what is checked', () => {
  expectTypeOf<keyof LifecycleInputs>().toEqualTypeOf<LifecyclePoint>()
  expectTypeOf<{ [P in LifecyclePoint]: z.infer<(typeof lifecycleInput)[P]> }>().branded.toEqualTypeOf<LifecycleInputs>()
  type Said<P extends LifecyclePoint> = Exclude<LifecycleOutputs[P], void>
  type Checked<P extends LifecyclePoint> = Exclude<z.infer<(typeof lifecycleOutput)[P]>, undefined>
  expectTypeOf<Checked<'before_message_send'>>().toEqualTypeOf<Said<'before_message_send'>>()
  expectTypeOf<Checked<'after_message_receive'>>().toEqualTypeOf<Said<'after_message_receive'>>()
  expectTypeOf<Checked<'agent_initialization'>>().toEqualTypeOf<Said<'agent_initialization'>>()
})

test('a hook in code has the types of its point, and tells what the manifest wants to know', () => {
  const handlers = defineHook(
    { '/greet': { description: 'Greets', input: { type: 'object' }, handler: () => 'hello' } },
    {
      before_message_send: {
        description: 'Refuses shouting',
        order: 5,
        handler: ({ message }) => (/[A-Z]{9}/.test(message.content) ? { refuse: 'not so loud' } : null),
      },
      agent_initialization: {
        description: 'Says for whom it is',
        handler: ({ run }) => {
          expectTypeOf(run.user_id).toEqualTypeOf<string | null>()
          return { system: run.user_id ?? 'nobody' }
        },
      },
    },
  )
  expect(Object.keys(handlers)).toEqual(['/greet', '/before_message_send', '/agent_initialization'])
  expect(Object.entries(handlers['/before_message_send'] ?? {})).toEqual([
    ['definition', { point: 'before_message_send', description: 'Refuses shouting', order: 5 }],
  ])
  expect(handlers['/before_message_send']?.({ message: { content: 'ATTENTION!' } }, {} as never)).toEqual({ refuse: 'not so loud' })
})

test('defaults are harmless, unknown points and answers are refused', () => {
  const lifecycle = LifecycleHooks.parse({ workflow_execution: {}, before_message_send: {} })
  const usual: LifecycleHook = { description: '', order: 100, timeout_ms: 1_000, required: false, changes: false }
  expect(lifecycleOf({ lifecycle })).toEqual([
    { point: 'before_message_send', hook: usual },
    { point: 'workflow_execution', hook: usual },
  ])
  expect(lifecycleOf({})).toEqual([])
  for (const wrong of [{ before_lunch: {} }, { workflow_execution: { timeout_ms: 10_001 } }, { workflow_execution: { order: 0.5 } }])
    expect(LifecycleHooks.safeParse(wrong).success).toBe(false)
  for (const point of lifecyclePoints)
    for (const nothing of [null, undefined, {}]) expect(lifecycleOutput[point].safeParse(nothing).success).toBe(true)
  for (const wrong of [{ content: 1 }, { contents: 'x' }, { refuse: ' ' }, 'text', [], { refuse: 'x'.repeat(501) }])
    expect(lifecycleOutput.before_message_send.safeParse(wrong).success).toBe(false)
})
