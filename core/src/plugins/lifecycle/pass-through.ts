import { storableText } from '../../storage/storable-text.ts'
import type { ActiveHook, HookCall, Lifecycle } from './lifecycle.ts'

/** Which hook did what to a message. What it was before is kept nowhere. */
export type HookNote = { hook: string; outcome: 'changed' | 'failed' }

/** A hook does not let it pass: by its own word, or because it failed and nothing may pass without it. */
export class HookStop extends Error {
  override name = 'HookStop'
  readonly kind: 'refused' | 'failed'
  readonly hook: string
  constructor(kind: HookStop['kind'], hook: string, message: string) {
    super(message)
    this.kind = kind
    this.hook = hook
  }
}

type MessagePoint = 'before_message_send' | 'after_message_receive'
type Passing = {
  hooks: ActiveHook[]
  content: string
  input: (content: string) => object
  call: HookCall
  /** Why it cannot be what a hook made of it; undefined where it can. */
  problem: (content: string) => string | undefined
}

/** A text goes through hooks one after the other, each given what those before it left. Throws HookStop. */
export async function passThrough(lifecycle: Lifecycle, passing: Passing): Promise<{ content: string; notes: HookNote[] }> {
  const { hooks, input, call, problem } = passing
  let { content } = passing
  const notes: HookNote[] = []
  for (const hook of hooks as (ActiveHook & { point: MessagePoint })[]) {
    const idempotency_key = `${call.idempotency_key}:${hook.plugin_id}`
    const answer = await lifecycle.call(hook, input(content), { ...call, idempotency_key })
    const result = 'failed' in answer ? answer : resultOf(hook, answer.output, content, problem)
    if ('refuse' in result) {
      lifecycle.note(hook, 'refused')
      throw new HookStop('refused', hook.plugin_id, `the ForgeHook '${hook.plugin_id}' refused the message: ${result.refuse}`)
    }
    if ('failed' in result) {
      // The call itself is counted where it failed.
      if (!('failed' in answer)) lifecycle.failed(hook, call, result.failed)
      if (hook.required) throw new HookStop('failed', hook.plugin_id, requiredFailed(hook, result.failed))
      notes.push({ hook: hook.plugin_id, outcome: 'failed' })
      continue
    }
    lifecycle.note(hook, result.content === content ? 'passed' : 'changed')
    if (result.content !== content) notes.push({ hook: hook.plugin_id, outcome: 'changed' })
    content = result.content
  }
  return { content, notes }
}

export function requiredFailed({ plugin_id, point }: ActiveHook, why: string) {
  return `the ForgeHook '${plugin_id}' failed at ${point}, and nothing passes without it: ${why}`
}

type Said = { content?: string | undefined; refuse?: string | undefined } | null | undefined

type Result = { content: string } | { refuse: string } | { failed: string }

function resultOf(hook: ActiveHook, said: Said, content: string, problem: Passing['problem']): Result {
  if (said?.refuse !== undefined) return { refuse: said.refuse }
  const changed = said?.content === undefined ? content : storableText(said.content)
  if (changed === content) return { content }
  if (!hook.changes) return { failed: `it changed the message, and its manifest does not say "changes": true` }
  const wrong = problem(changed)
  return wrong === undefined ? { content: changed } : { failed: wrong }
}
