import { z } from 'zod'

/** Where a ForgeHook may be called in the life of messages and runs. Its handler stands under the same name: `/before_message_send`. */
export const lifecyclePoints = ['before_message_send', 'after_message_receive', 'agent_initialization', 'workflow_execution'] as const
export const LifecyclePoint = z.enum(lifecyclePoints)
export type LifecyclePoint = z.infer<typeof LifecyclePoint>

/** The points at which a message passes through, and may be changed on its way. */
export const messagePoints: ReadonlySet<LifecyclePoint> = new Set(['before_message_send', 'after_message_receive'])

/** One of a manifest's. */
export const LifecycleHook = z.strictObject({
  description: z.string().max(2_000).default(''),
  /** Smaller numbers go first; those with the same number by the ids of their ForgeHooks. */
  order: z.int().min(-1_000_000).max(1_000_000).default(100),
  /** For one call; the time it waits for a free thread does not count. */
  timeout_ms: z.int().min(1).max(10_000).default(1_000),
  /** Where it fails, what it was to see is refused: the message is not sent, the run fails. Else everything goes on without it. */
  required: z.boolean().default(false),
  /** Whether it may change messages. Only for the two points of a message. */
  changes: z.boolean().default(false),
  /** Worked calls, run by `cadre plugins test`. */
  examples: z.array(z.strictObject({ title: z.string().optional(), input: z.unknown(), output: z.unknown().optional() })).optional(),
})
export type LifecycleHook = z.infer<typeof LifecycleHook>

/** The lifecycle hooks of a manifest, beside its endpoints. None is called before a workspace switches it on. */
export const LifecycleHooks = z.strictObject({
  before_message_send: LifecycleHook.optional(),
  after_message_receive: LifecycleHook.optional(),
  agent_initialization: LifecycleHook.optional(),
  workflow_execution: LifecycleHook.optional(),
})
export type LifecycleHooks = z.infer<typeof LifecycleHooks>

/** `{point, hook}` of each that a manifest names, in the order of the points. */
export function lifecycleOf({ lifecycle }: { lifecycle?: LifecycleHooks | undefined }): { point: LifecyclePoint; hook: LifecycleHook }[] {
  return lifecyclePoints.flatMap((point) => {
    const found = lifecycle?.[point]
    return found ? [{ point, hook: found }] : []
  })
}
