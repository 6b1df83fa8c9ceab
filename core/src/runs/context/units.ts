import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { MessageRange } from '@cadre/contract/context'

/** What stays or goes as one: a system or user message, or an answer of the model together with the results of the tools that it called. */
export type Unit = {
  kind: 'system' | 'user' | 'answer'
  from: number
  to: number
  /** Counted from 0: a user message after anything else begins an exchange. */
  exchange: number
  hasResults: boolean
  /** Why it must stay, or null. */
  stays: string | null
}

/** The conversation in units, each of which says whether it must stay. */
export function unitsOf(prompt: LanguageModelV3Prompt, options: { pin_first_user: boolean }): Unit[] {
  const units: Unit[] = []
  let exchange = 0
  for (const [index, message] of prompt.entries()) {
    const before = units.at(-1)
    if (message.role === 'tool' && before?.kind === 'answer') {
      Object.assign(before, { to: index, hasResults: true })
      before.stays ??= isPinned(message) ? 'pinned' : null
      continue
    }
    const kind = message.role === 'system' || message.role === 'user' ? message.role : 'answer'
    if (kind === 'user' && before && before.kind !== 'user') exchange++
    const stays = kind === 'system' ? 'the system prompt' : isPinned(message) ? 'pinned' : null
    units.push({ kind, from: index, to: index, exchange, hasResults: message.role === 'tool', stays })
  }
  const first = units.find(({ kind }) => kind === 'user')
  if (first && options.pin_first_user) first.stays ??= 'the first user message'
  const newest = units.findLast(({ kind }) => kind === 'user')
  if (newest) newest.stays ??= 'the newest user message'
  const last = units.at(-1)
  if (last) last.stays ??= 'the latest step'
  return units
}

/** A message that its maker marked to stay: `providerOptions: { cadre: { pinned: true } }`. */
export function isPinned(message: LanguageModelV3Prompt[number]): boolean {
  return message.providerOptions?.['cadre']?.['pinned'] === true
}

export function inRanges(ranges: readonly MessageRange[], index: number): boolean {
  return ranges.some(({ from, to }) => from <= index && index <= to)
}

/** The fewest ranges that hold these message indexes. */
export function toRanges(indexes: Iterable<number>): MessageRange[] {
  const ranges: MessageRange[] = []
  for (const index of [...new Set(indexes)].toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last && last.to === index - 1) last.to = index
    else ranges.push({ from: index, to: index })
  }
  return ranges
}

export function indexesOf(ranges: readonly MessageRange[]): number[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
}
