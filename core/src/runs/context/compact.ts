import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { CompactionRecord } from '@cadre/contract/context'
import { ContextTooLong } from './context-too-long.ts'
import type { Fitting, Look, State } from './fit-context.ts'
import { messageTokens, resultTokens, tokensBySource } from './message-tokens.ts'
import { chooseWhatGoes } from './policies.ts'
import { noteText, summaryText } from './render.ts'
import { atMost, leastSummary, summaryOf } from './summarise.ts'
import { indexesOf, toRanges, type Unit } from './units.ts'

type Digest = (prompt: LanguageModelV3Prompt, indexes: number[]) => string
export type Compacted = { state: State; look: Look; record: CompactionRecord }

/** What the latest step's results may be made as small as, so that what must stay fits. */
const allowances = [4000, 2000, 1000, 500, 250, 125]

/** Leaves out more of a conversation that does not fit. Throws ContextTooLong where what must stay is too much already. */
export async function compact(f: Fitting, before: State, seen: Look, limit: number, digest: Digest): Promise<Compacted> {
  const { state: smaller, shown } = makeStayingFit(f, before, seen, limit)
  const costs = costsOf(f, shown)
  const mayGo = f.units.filter((unit) => unit.stays === null && !smaller.dropped.has(unit.from))
  const least = costs.without(smaller, mayGo)
  const withSummary = summaryRoom(f, smaller, costs, mayGo, limit - least)
  const target = Math.max(least, Math.floor((limit * f.policy.compact_to_percent) / 100)) - withSummary.reserved
  const chosen = chooseWhatGoes(f.policy.strategy, f.units, mayGo, target, (units) => costs.without(smaller, units))
  const state: State = {
    ...smaller,
    dropped: gone(smaller.dropped, chosen),
    why: `${seen.tokens.total} tokens did not fit in ${limit}; ${chosen.size > 0 ? reasons[f.policy.strategy] : 'the latest tool results are shown in part'}`,
  }
  await summariseInto(f, state, smaller, shown, withSummary.tokens, limit)
  const look = f.look(state)
  if (look.tokens.total > limit) throw new Error(`compaction left ${look.tokens.total} tokens where ${limit} fit`)
  return { state, look, record: recordOf(f, state, seen, look, limit, digest) }
}

const reasons = {
  sliding: 'the oldest exchanges were left out',
  summary: 'the oldest exchanges were summarised',
  priority: 'older messages were left out, the latest tool results last',
}

function gone(dropped: ReadonlySet<number>, units: Iterable<Unit>): Set<number> {
  return new Set([...dropped, ...[...units].flatMap((unit) => indexesOf([unit]))])
}

type Costs = { without: (state: State, units: Iterable<Unit>) => number; summaryFrame: number }

/** What a prompt costs without some units: never less than it will be counted at. Cheap, since it is asked once for every unit. */
function costsOf(f: Fitting, shown: LanguageModelV3Prompt): Costs {
  const each = shown.map((message) => messageTokens(f.counter, message))
  const fixed = tokensBySource(f.counter, [], f.tools, () => false).total
  const userMessage = (text: string) => messageTokens(f.counter, { role: 'user', content: [{ type: 'text', text }] })
  const steps = f.canRead ? [100_000, 999_999] : []
  const note = userMessage(noteText(999_999, steps))
  return {
    // A text can count a little more between others than alone.
    summaryFrame: userMessage(summaryText('', 999_999, steps)) + 16,
    without(state, units) {
      const goes = new Uint8Array(each.length)
      for (const index of state.dropped) goes[index] = 1
      for (const { from, to } of units) goes.fill(1, from, to + 1)
      let sum = fixed
      for (let index = 0; index < each.length; index++) {
        if (!goes[index]) sum += each[index] ?? 0
        else if (!goes[index - 1]) sum += note
      }
      return sum
    },
  }
}

/** How much a summary may have, and how much of the room it takes with its frame; nothing where there is no room for a useful one. */
function summaryRoom(f: Fitting, state: State, costs: Costs, mayGo: Unit[], free: number) {
  const wanted = f.policy.strategy === 'summary' && (mayGo.length > 0 || state.summary !== null)
  const asked = wanted ? f.policy.summary_tokens : state.summary === null ? 0 : f.counter.count(state.summary)
  const tokens = Math.min(asked, free - costs.summaryFrame)
  return tokens < leastSummary ? { tokens: 0, reserved: 0 } : { tokens, reserved: tokens + costs.summaryFrame }
}

/** Puts the summary in the state: a new one, or the old one where it still has room, or none and the state says so. */
async function summariseInto(f: Fitting, state: State, before: State, shown: LanguageModelV3Prompt, tokens: number, limit: number): Promise<void> {
  const fresh = [...state.dropped].filter((index) => !before.dropped.has(index)).toSorted((a, b) => a - b)
  const messages = fresh.flatMap((index) => shown[index] ?? [])
  if (f.policy.strategy === 'summary' && tokens > 0 && messages.length > 0) {
    const { counter, stepOf, summarise } = f
    const summary = await summaryOf(counter, messages, { before: before.summary, tokens, room: limit, stepOf, summarise })
    if (summary !== null) {
      state.summary = summary
      // What an older compaction dropped without a summary stays without one.
      state.summarised = new Set([...before.summarised, ...fresh])
      return
    }
    state.why += '; the model gave no summary'
  } else if (f.policy.strategy === 'summary' && tokens === 0) state.why += '; there was no room for a summary'
  if (state.summary === null) return
  state.summary = tokens === 0 ? null : atMost(f.counter, state.summary, tokens)
  if (state.summary === null) state.summarised = new Set()
}

/** Where what must stay does not fit, its tool results are kept aside harder. If that is not enough, nothing is. */
function makeStayingFit(f: Fitting, state: State, seen: Look, limit: number): { state: State; shown: LanguageModelV3Prompt } {
  const mayGo = f.units.filter(({ stays }) => stays === null)
  const needs = (shown: LanguageModelV3Prompt) => costsOf(f, shown).without(state, mayGo)
  let shown = seen.shown
  let needed = needs(shown)
  let smaller = state
  for (const allowance of allowances) {
    if (needed <= limit) return { state: smaller, shown }
    smaller = { ...state, shortened: new Map([...state.shortened, ...largeResultsThatStay(f, seen.shown, allowance)]) }
    shown = f.look(smaller).shown
    needed = needs(shown)
  }
  if (needed <= limit) return { state: smaller, shown }
  throw tooLong(f, shown, needed, limit)
}

function largeResultsThatStay(f: Fitting, shown: LanguageModelV3Prompt, allowance: number): [string, number][] {
  return f.units
    .filter(({ stays }) => stays !== null)
    .flatMap((unit) => indexesOf([unit]))
    .flatMap((index) => {
      const message = shown[index]
      if (message?.role !== 'tool') return []
      return message.content.flatMap((part, place): [string, number][] =>
        part.type === 'tool-result' && resultTokens(f.counter, part) > allowance ? [[`${index}:${place}`, allowance]] : [],
      )
    })
}

function tooLong(f: Fitting, shown: LanguageModelV3Prompt, needed: number, limit: number): ContextTooLong {
  const parts = new Map<string, number>()
  const add = (what: string, tokens: number) => parts.set(what, (parts.get(what) ?? 0) + tokens)
  add('the tools', tokensBySource(f.counter, [], f.tools, () => false).tools)
  for (const unit of f.units) {
    if (unit.stays === null) continue
    for (const index of indexesOf([unit])) {
      const message = shown[index]
      if (message) add(unit.stays, messageTokens(f.counter, message))
    }
  }
  const list = [...parts].filter(([, tokens]) => tokens > 0).map(([what, tokens]) => `${what} ${tokens}`)
  const { context_size, max_output } = f.budget
  const where =
    context_size === null
      ? 'the limit of the agent (max_tokens of its context)'
      : `a window of ${context_size}, of which ${max_output} are kept for the answer`
  const about = f.counter.exact ? '' : 'about '
  return new ContextTooLong(
    `what the model must see needs ${about}${needed} tokens and there is room for ${limit} (${where}): ${list.join(', ')}; shorten it, or use a model with a larger window`,
    needed,
    limit,
  )
}

function recordOf(f: Fitting, state: State, seen: Look, look: Look, limit: number, digest: Digest): CompactionRecord {
  const dropped = toRanges(state.dropped)
  return {
    strategy: f.policy.strategy,
    messages: f.prompt.length,
    dropped,
    summarised: toRanges(state.summarised),
    summary: state.summary,
    shortened: [...state.shortened].map(([place, tokens]) => {
      const [message = 0, part = 0] = place.split(':').map(Number)
      return { message, part, tokens }
    }),
    digest: digest(f.prompt, indexesOf(dropped)),
    tokens_before: seen.tokens.total,
    tokens_after: look.tokens.total,
    limit,
    why: state.why,
  }
}
