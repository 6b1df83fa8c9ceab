import type { JournalEvent } from './run-events.ts'
import type { Compaction, ModelCall, Step } from './runs.ts'

export type Trace = { steps: Step[]; model_calls: ModelCall[]; compactions: Compaction[]; warnings: { code: string; message: string }[] }

/**
 * The one definition of what a run's events say about its steps and model calls. Server, command line and pages all fold with it.
 * @param over whether the run has ended: a step without an outcome then no longer runs.
 */
export function foldTrace(events: Iterable<JournalEvent>, over: boolean): Trace {
  const trace: Trace = { steps: [], model_calls: [], compactions: [], warnings: [] }
  for (const event of events) applyToTrace(trace, event)
  if (over) for (const step of trace.steps) settleInterrupted(step)
  trace.steps.sort((a, b) => a.step - b.step)
  return trace
}

function applyToTrace(trace: Trace, event: JournalEvent) {
  switch (event.type) {
    case 'model.completed':
      trace.model_calls.push(toModelCall(event))
      break
    case 'context.compacted': {
      const { call, record, summary_calls, tokens_input, tokens_output, cost, at } = event
      trace.compactions.push({ call, record, summary_calls, tokens_input, tokens_output, cost, timestamp: at })
      break
    }
    case 'tool.started': {
      const known = findStep(trace, event.step)
      if (known?.approval && event.edited) known.approval.original_input ??= known.input
      if (known) Object.assign(known, { status: 'running', input: event.input, output: null, error: null })
      else trace.steps.push(newStep(event))
      break
    }
    case 'tool.completed': {
      const step = findStep(trace, event.step)
      const { output, error, duration_ms, retries } = event
      if (step) Object.assign(step, { output, error, duration_ms, retries, status: error === null ? 'completed' : 'failed' })
      break
    }
    case 'tool.uncertain': {
      const step = findStep(trace, event.step)
      if (step) Object.assign(step, { status: 'uncertain', error: event.reason })
      break
    }
    case 'tool.resolved': {
      // What happened, or did not, follows as `tool.completed`.
      const step = findStep(trace, event.step)
      if (step && event.outcome === 'run_again') Object.assign(step, { status: 'running', error: null })
      break
    }
    case 'approval.requested': {
      const { approval_id, reasons, expires_at } = event
      const approval = { approval_id, status: 'pending' as const, reasons, expires_at, scope: null, by: null, note: null }
      trace.steps.push({ ...newStep(event), status: 'waiting', approval })
      break
    }
    case 'approval.decided': {
      const step = findStep(trace, event.step)
      const { decision, scope = null, by, note = null } = event
      if (step?.approval) Object.assign(step.approval, { status: decision, scope, by, note })
      break
    }
    case 'run.warning':
      trace.warnings.push({ code: event.code, message: event.message })
      break
  }
}

function findStep(trace: Trace, step: number) {
  return trace.steps.find((each) => each.step === step)
}

function newStep(event: Extract<JournalEvent, { type: 'tool.started' | 'approval.requested' }>): Step {
  const { step, tool, action, input, effect, call, at } = event
  return { step, tool, action, input, output: null, error: null, status: 'running', effect, retries: 0, call, duration_ms: 0, timestamp: at }
}

// The run ended (cancelled, out of time) while the tool was at work. What only reads left nothing behind; the rest may have happened.
function settleInterrupted(step: Step) {
  if (step.status === 'waiting') {
    Object.assign(step, { status: 'failed', error: 'not made: the run ended before it could be' })
    if (step.approval?.status === 'pending') step.approval.status = 'cancelled'
  }
  if (step.status !== 'running') return
  step.status = step.effect === 'read' ? 'failed' : 'uncertain'
  step.error = step.effect === 'read' ? 'interrupted when the run ended' : 'interrupted when the run ended; it may have taken effect'
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
    duration_ms: event.duration_ms,
    first_token_ms: event.first_token_ms,
    retries: event.retries,
    answered_by: event.answered_by ?? null,
    failed: event.failed ?? [],
    cost: event.cost ?? null,
    context: event.context ?? null,
    timestamp: event.at,
  }
}
