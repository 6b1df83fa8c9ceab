import { z } from 'zod'
import { LifecycleHook, LifecyclePoint } from './lifecycle-hooks.ts'
import { Instant } from './page.ts'

const options = z.record(z.string(), z.unknown())
const named = z.object({ id: z.string(), name: z.string() })
const run = z.object({
  run_id: z.string(),
  agent: named,
  /** The person for whom it is; null where nobody logged in. */
  user_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  parent_run_id: z.string().nullable(),
})

/** What each point hands to a handler. `options` are those of the workspace, {} where it set none. */
export const lifecycleInput = {
  before_message_send: z.object({
    options,
    message: z.object({
      content: z.string(),
      /** How many files go with it. */
      attachments: z.int(),
      thread_id: z.string().nullable(),
      /** An edit of a message that is there already. */
      edit: z.boolean(),
    }),
    conversation: z.object({ id: z.string(), kind: z.enum(['dm', 'group', 'channel']), title: z.string().nullable() }),
    author: z.object({ kind: z.enum(['user', 'system']), id: z.string() }),
    /** The agents in the conversation. */
    agents: z.array(named),
  }),
  after_message_receive: z.object({ options, message: z.object({ content: z.string() }), run }),
  agent_initialization: z.object({
    options,
    run,
    /** What the agent is asked. */
    input: z.string(),
    server: z.object({ time_zone: z.string() }),
  }),
  workflow_execution: z.object({
    options,
    run,
    phase: z.enum(['before', 'after']),
    /** How it ended; null before. */
    status: z.enum(['completed', 'failed', 'timeout', 'cancelled']).nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    output_text: z.string().nullable(),
    input: z.string(),
  }),
} satisfies Record<LifecyclePoint, z.ZodType>

/** Longer texts than this are no note for a prompt. */
export const systemLimit = 20_000
/** Of an answer; a message may be shorter, which is looked at where it is stored. */
const mostContent = 10_000_000

/** What a handler may answer at each point. Nothing at all leaves everything as it is. */
export const lifecycleOutput = {
  before_message_send: z
    .strictObject({
      /** The message in other words. */
      content: z.string().max(mostContent).optional(),
      /** Why the message is not sent, in words for whoever wrote it. */
      refuse: z.string().trim().min(1).max(500).optional(),
    })
    .nullish(),
  after_message_receive: z.strictObject({ content: z.string().max(mostContent).optional() }).nullish(),
  /** `system`: put behind the agent's own prompt, for this run. */
  agent_initialization: z.strictObject({ system: z.string().max(systemLimit).optional() }).nullish(),
  workflow_execution: z.unknown(),
} satisfies Record<LifecyclePoint, z.ZodType>

export const SwitchLifecycle = z.strictObject({
  /** The points at which it is called from now on; all that it has where this is left out, none with []. */
  points: z.array(LifecyclePoint).max(4).optional(),
  /** Ids or slugs of the only agents that it is for: their runs, and conversations that they are in. null: all. */
  agents: z.array(z.string().min(1).max(300)).min(1).max(1_000).nullable().default(null),
  /** As the manifest's `options` describes them. */
  options: options.default({}),
})
export type SwitchLifecycle = z.infer<typeof SwitchLifecycle>

export const LifecycleState = z.object({
  plugin: z.string(),
  points: z.array(
    LifecycleHook.omit({ examples: true }).extend({
      point: LifecyclePoint,
      on: z.boolean(),
      /** Since it was first called in this workspace. */
      calls: z.int(),
      changed: z.int(),
      refused: z.int(),
      failed: z.int(),
      last_error: z.string().nullable(),
      last_failed_at: Instant.nullable(),
    }),
  ),
  agents: z.array(z.string()).nullable(),
  options,
  options_schema: z.record(z.string(), z.unknown()).nullable(),
  switched_by: z.string().nullable(),
  switched_at: Instant.nullable(),
})
export type LifecycleState = z.infer<typeof LifecycleState>
