import type { JournalEvent } from './run-events.ts'
import type { AddedInput, Compaction, ModelCall, Prepared, Step } from './runs.ts'

export type Trace = {
  steps: Step[]
  model_calls: ModelCall[]
  compactions: Compaction[]
  added: AddedInput[]
  prepared: Prepared | null
  warnings: { code: string; message: string }[]
}

/** The one definition of what a run's events say about its steps and model calls. Server, command line and pages all fold with it. */
export function foldTrace(events: Iterable<JournalEvent>, over: boolean): Trace {
  const fold = new TraceFold()
  for (const event of events) fold.apply(event)
  return fold.trace(over)
}

/** A trace that grows: each event costs the same, however many there were, and what an event does not touch stays the same object. */
export class TraceFold {
  /** By their numbers; a step may be asked about after a later one began. */
  readonly #steps = new Map<number, Step>()
  readonly #trace: Omit<Trace, 'steps'> = { model_calls: [], compactions: [], added: [], prepared: null, warnings: [] }
  #inOrder = true
  #last = 0

  /** @param over whether the run has ended: a step without an outcome then no longer runs. */
  trace(over: boolean): Trace {
    const { model_calls, compactions, added, prepared, warnings } = this.#trace
    const steps = [...this.#steps.values()].map((step) => (over ? settled(step) : step))
    if (!this.#inOrder) steps.sort((a, b) => a.step - b.step)
    return { steps, model_calls: [...model_calls], compactions: [...compactions], added: [...added], prepared, warnings: [...warnings] }
  }

  #add(step: Step) {
    if (step.step < this.#last) this.#inOrder = false
    this.#last = step.step
    this.#steps.set(step.step, step)
  }

  #change(number: number, of: (step: Step) => Partial<Step>) {
    const step = this.#steps.get(number)
    if (step) this.#steps.set(number, { ...step, ...of(step) })
  }

  apply(event: JournalEvent) {
    const trace = this.#trace
    switch (event.type) {
      case 'model.completed':
        trace.model_calls.push(toModelCall(event))
        break
      case 'context.compacted': {
        const { call, record, summary_calls, tokens_input, tokens_output, cost, at } = event
        trace.compactions.push({ call, record, summary_calls, tokens_input, tokens_output, cost, timestamp: at })
        break
      }
      case 'input.added': {
        const { call, text, by, name, message_id, at } = event
        trace.added.push({ call, text, by, name, message_id, timestamp: at })
        break
      }
      case 'run.prepared':
        trace.prepared = { system: event.system, hooks: event.hooks, timestamp: event.at }
        break
      case 'tool.started':
        if (!this.#steps.has(event.step)) this.#add(newStep(event))
        else
          this.#change(event.step, (known) => ({
            status: 'running',
            input: event.input,
            output: null,
            error: null,
            ...withOriginal(known, event),
            ...cutAnew(known, event),
          }))
        break
      case 'tool.completed': {
        const { output, error, duration_ms, retries } = event
        this.#change(event.step, (known) => ({
          output,
          error,
          duration_ms,
          retries,
          status: error === null ? 'completed' : 'failed',
          ...(event.cut ? { cut: { ...known.cut, ...event.cut } } : {}),
        }))
        break
      }
      case 'tool.uncertain':
        this.#change(event.step, () => ({ status: 'uncertain', error: event.reason }))
        break
      case 'tool.resolved':
        // What happened, or did not, follows as `tool.completed`.
        if (event.outcome === 'run_again') this.#change(event.step, () => ({ status: 'running', error: null }))
        break
      case 'approval.requested': {
        const { approval_id, reasons, expires_at } = event
        const approval = { approval_id, status: 'pending' as const, reasons, expires_at, scope: null, by: null, note: null }
        this.#add({ ...newStep(event), status: 'waiting', approval })
        break
      }
      case 'approval.decided': {
        const { decision, scope = null, by, note = null } = event
        this.#change(event.step, ({ approval }) => (approval ? { approval: { ...approval, status: decision, scope, by, note } } : {}))
        break
      }
      case 'run.warning':
        trace.warnings.push({ code: event.code, message: event.message })
        break
    }
  }
}

function withOriginal({ approval, input }: Step, { edited }: Extract<JournalEvent, { type: 'tool.started' }>): Partial<Step> {
  return approval && edited ? { approval: { ...approval, original_input: approval.original_input ?? input } } : {}
}

function newStep(event: Extract<JournalEvent, { type: 'tool.started' | 'approval.requested' }>): Step {
  const { step, tool, action, input, effect, call, at } = event
  const cut = event.cut ? { cut: event.cut } : {}
  return { step, tool, action, input, output: null, error: null, status: 'running', effect, retries: 0, call, duration_ms: 0, timestamp: at, ...cut }
}

/** A call that begins again, or with what a person made of its input: what was cut of it is another thing now. */
function cutAnew({ cut, approval }: Step, event: Extract<JournalEvent, { type: 'tool.started' }>): Partial<Step> {
  if (!cut && !event.cut) return {}
  const original_input = cut?.['original_input'] ?? (approval && event.edited ? cut?.['input'] : undefined)
  return { cut: { ...event.cut, ...(original_input === undefined ? {} : { original_input }) } }
}

// The run ended (cancelled, out of time) while the tool was at work. What only reads left nothing behind; the rest may have happened.
function settled(step: Step): Step {
  const { status, approval, effect } = step
  if (status === 'waiting') {
    const ended = approval?.status === 'pending' ? { approval: { ...approval, status: 'cancelled' as const } } : {}
    return { ...step, status: 'failed', error: 'not made: the run ended before it could be', ...ended }
  }
  if (status !== 'running') return step
  if (effect === 'read') return { ...step, status: 'failed', error: 'interrupted when the run ended' }
  return { ...step, status: 'uncertain', error: 'interrupted when the run ended; it may have taken effect' }
}

function toModelCall(event: Extract<JournalEvent, { type: 'model.completed' }>): ModelCall {
  const textOf = (type: 'text' | 'reasoning') => event.content.map((part) => (part.type === type ? part.text : '')).join('')
  return {
    call: event.call,
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    tool_calls: event.content.flatMap((part) => (part.type === 'tool-call' ? [{ call_id: part.call_id, tool: part.tool, input: part.input }] : [])),
    finish_reason: event.finish_reason,
    tokens_input: event.tokens_input,
    tokens_output: event.tokens_output,
    tokens_cached: event.tokens_cached,
    tokens_reasoning: event.tokens_reasoning,
    ...(event.tokens_estimated ? { tokens_estimated: event.tokens_estimated } : {}),
    duration_ms: event.duration_ms,
    first_token_ms: event.first_token_ms,
    retries: event.retries,
    answered_by: event.answered_by ?? null,
    failed: event.failed ?? [],
    cost: event.cost ?? null,
    context: event.context ?? null,
    ...(event.taken_over ? { taken_over: event.taken_over } : {}),
    timestamp: event.at,
    ...(event.cut ? { cut: event.cut } : {}),
  }
}
