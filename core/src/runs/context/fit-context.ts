import { hash } from 'node:crypto'
import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { CompactionRecord, ContextPolicy, ContextReport } from '@cadre/contract/context'
import { compact } from './compact.ts'
import type { TokenCounter } from './count-tokens.ts'
import { type StepOf, shortened, stepsInOrder } from './kept-results.ts'
import { hasFiles, messageTokens, resultTokens, tokensBySource, type Tools } from './message-tokens.ts'
import { readResultName } from './read-result.ts'
import { render } from './render.ts'
import { type Budget, type Measured, roomFor } from './room.ts'
import type { Summarise } from './summarise.ts'
import { indexesOf, toRanges, type Unit, unitsOf } from './units.ts'

export type FitInput = {
  /** The whole conversation, as long as it is; what was left out before is in it, too. */
  prompt: LanguageModelV3Prompt
  tools: Tools
  budget: Budget
  policy: ContextPolicy
  counter: TokenCounter
  /** Every compaction that was recorded for this conversation, in order. */
  past: readonly CompactionRecord[]
  summarise: Summarise
  /** The n-th tool call of the prompt is step n, where it is left out. */
  stepOf?: StepOf
  /** The last call of this run whose tokens its provider told; null or left out: none yet. */
  measured?: Measured | null
}

export type Fitted = { prompt: LanguageModelV3Prompt; tools: Tools; report: ContextReport; compaction: CompactionRecord | null }

/** What a conversation has lost so far. */
export type State = {
  dropped: Set<number>
  summarised: Set<number>
  summary: string | null
  /** Most tokens of a tool result, by `message:part`. */
  shortened: Map<string, number>
  why: string
}

/** One fitting at work: the input, what follows from it, and ways to look at a state. */
export type Fitting = FitInput & {
  units: Unit[]
  stepOf: StepOf
  canRead: boolean
  /** From this size on a tool result is kept aside. */
  largeResult: number
  look: (state: State) => Look
}

export type KeptAside = ContextReport['kept_aside'][number]

/** A conversation in some state. */
export type Look = {
  /** With large results kept aside and nothing left out yet. */
  shown: LanguageModelV3Prompt
  kept: KeptAside[]
  prompt: LanguageModelV3Prompt
  tools: Tools
  tokens: ContextReport['tokens']
}

/**
 * Makes a prompt fit the window of its model by the agent's policy, or throws ContextTooLong; nothing is ever cut without the report saying so. The
 * same input gives the same output: the only thing asked of outside is a summary. A compaction that is recorded and comes back in `past` is
 * applied as it is, so playing a run back gives the same prompts and asks for no summary again.
 */
export async function fitContext(input: FitInput): Promise<Fitted> {
  const { prompt, budget, policy, counter } = input
  const room = roomFor(budget, policy, counter, input.measured ?? null)
  const f: Fitting = {
    ...input,
    units: unitsOf(prompt, policy),
    stepOf: input.stepOf ?? stepsInOrder(prompt),
    canRead: (input.tools ?? []).some(({ name }) => name === readResultName),
    largeResult: room.largeResult,
    look: (state) => look(f, state),
  }
  const notes = [...room.notes]
  const state = stateFrom(f, notes)
  const first = f.look(state)
  const fits = room.limit === null || first.tokens.total <= room.limit
  const done = fits || room.limit === null ? { state, look: first, record: null } : await compact(f, state, first, room.limit, digestOf)
  if (hasFiles(done.look.prompt)) notes.push('tokens of files are a guess')
  return {
    prompt: done.look.prompt,
    tools: done.look.tools,
    report: reportOf(f, done.state, done.look, room.limit, notes),
    compaction: done.record,
  }
}

/** What the newest recorded compaction of this conversation left out, except what must stay now. */
function stateFrom(f: FitInput & { units: Unit[] }, notes: string[]): State {
  const state: State = { dropped: new Set(), summarised: new Set(), summary: null, shortened: new Map(), why: '' }
  const candidates = f.past.filter(({ messages }) => messages <= f.prompt.length)
  const newest = candidates.reduce<CompactionRecord | undefined>((best, each) => (best && best.messages > each.messages ? best : each), undefined)
  if (!newest) return state
  if (newest.digest !== digestOf(f.prompt, indexesOf(newest.dropped))) {
    notes.push('a recorded compaction was made for other messages and is not used')
    return state
  }
  const staying = new Set(f.units.filter(({ stays }) => stays !== null).flatMap((unit) => indexesOf([unit])))
  const without = (ranges: CompactionRecord['dropped']) => new Set(indexesOf(ranges).filter((index) => !staying.has(index)))
  return {
    dropped: without(newest.dropped),
    summarised: without(newest.summarised),
    summary: newest.summary,
    shortened: new Map(newest.shortened.map(({ message, part, tokens }) => [`${message}:${part}`, tokens])),
    why: newest.why,
  }
}

function digestOf(prompt: LanguageModelV3Prompt, indexes: number[]): string {
  const messages = indexes.map((index) => prompt[index])
  // Marks and hints on a message are no part of what it says.
  const text = JSON.stringify(messages, (key, value: unknown) => {
    if (key === 'providerOptions') return undefined
    return value instanceof Uint8Array ? hash('sha256', value, 'base64url') : value
  })
  return hash('sha256', text, 'base64url').slice(0, 16)
}

function look(f: Fitting, state: State): Look {
  const { shown, kept } = keepAside(f, state)
  const rendered = render(shown, state, f)
  const stillKept = kept.filter(({ message }) => !state.dropped.has(message))
  const offered = rendered.mentionsSteps || stillKept.some(({ step }) => step !== null)
  const tools = f.canRead && !offered ? f.tools?.filter(({ name }) => name !== readResultName) : f.tools
  return { shown, kept: stillKept, prompt: rendered.prompt, tools, tokens: tokensBySource(f.counter, rendered.prompt, tools, rendered.isNote) }
}

/** Large tool results as references: those over the policy's size, and those that a compaction made smaller still. */
function keepAside(f: Fitting, state: State): Pick<Look, 'shown' | 'kept'> {
  const kept: KeptAside[] = []
  const shown = f.prompt.map((message, index) => {
    if (message.role !== 'tool' || state.dropped.has(index)) return message
    let changed = false
    const content = message.content.map((part, place) => {
      if (part.type !== 'tool-result') return part
      const tokens = resultTokens(f.counter, part)
      const byCompaction = state.shortened.get(`${index}:${place}`)
      // What was asked for in parts is shown whole.
      const large = tokens > f.largeResult && part.toolName !== readResultName
      if (byCompaction === undefined && !large) return part
      const allowance = byCompaction ?? Math.max(Math.min(f.largeResult, 160), Math.floor(f.largeResult / 4))
      const step = f.stepOf(part.toolCallId)
      const less = shortened(f.counter, part, { step, allowance, canRead: f.canRead })
      if (!less) return part
      const why = byCompaction === undefined ? `over ${f.largeResult} tokens` : 'made smaller so that the latest step fits'
      kept.push({ message: index, part: place, step, tool: part.toolName, tokens, shown: resultTokens(f.counter, less), why })
      changed = true
      return less
    })
    return changed ? { ...message, content } : message
  })
  return { shown: kept.length > 0 ? shown : f.prompt, kept }
}

function reportOf(f: Fitting, state: State, seen: Look, limit: number | null, notes: string[]): ContextReport {
  // Counting is most of what fitting takes, and mostly all is shown.
  const before = seen.prompt === f.prompt ? seen.tokens : tokensBySource(f.counter, f.prompt, f.tools, () => false)
  const bySummary = state.summary === null ? new Set<number>() : state.summarised
  const ranges = [
    ...toRanges([...state.dropped].filter((index) => bySummary.has(index))).map((range) => ({ ...range, summarised: true })),
    ...toRanges([...state.dropped].filter((index) => !bySummary.has(index))).map((range) => ({ ...range, summarised: false })),
  ].toSorted((a, b) => a.from - b.from)
  const tokensOf = (index: number) => {
    const message = f.prompt[index]
    return message ? messageTokens(f.counter, message) : 0
  }
  return {
    context_size: f.budget.context_size,
    limit,
    max_output: f.budget.max_output,
    exact: f.counter.exact && !hasFiles(seen.prompt),
    counted_with: f.counter.rule,
    tokens: seen.tokens,
    tokens_before: before.total,
    messages: { given: f.prompt.length, sent: seen.prompt.length },
    dropped: ranges.map((range) => ({ ...range, tokens: indexesOf([range]).reduce((sum, index) => sum + tokensOf(index), 0), why: state.why })),
    kept_aside: seen.kept,
    notes,
  }
}
