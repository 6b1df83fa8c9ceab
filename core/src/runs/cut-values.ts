import type { JournalEvent, ModelPart } from '@cadre/contract/run-events'
import type { Cut } from '@cadre/contract/run-values'

/** So much of a cut text is shown. Fewer than the least that may be asked for: what is cut becomes shorter. */
const shownCharacters = 1_000

/** Whether a text may take more bytes than that: a character takes three at most (a pair of surrogates four). */
export const mayBeLarger = (text: string, limit: number) => text.length * 3 > limit

/** The size of a text where it takes more bytes than that, else null. */
export function sizeOver(text: string, limit: number): number | null {
  if (!mayBeLarger(text, limit)) return null
  const bytes = Buffer.byteLength(text)
  return bytes > limit ? bytes : null
}

/** The beginning of a text, whole characters only. */
export function beginningOf(text: string): string {
  const shown = text.slice(0, shownCharacters)
  return /[\uD800-\uDBFF]$/.test(shown) ? shown.slice(0, -1) : shown
}

/** A value as it is read where it is cut: text as it is, anything else as JSON. */
export const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** The event with the beginnings of its large values; the same object where it has none. */
export function cutEvent<E extends JournalEvent>(event: E, limit: number): E {
  const fields: Record<string, unknown> = {}
  const cut: Cut = {}
  const shorten = (field: string, value: unknown) => {
    const text = asText(value)
    const bytes = sizeOver(text, limit)
    if (bytes === null) return
    cut[field] = bytes
    fields[field] = beginningOf(text)
  }
  if (event.type === 'model.completed') Object.assign(fields, cutAnswer(event, limit, cut))
  else if (event.type === 'tool.started' || event.type === 'approval.requested') shorten('input', event.input)
  else if (event.type === 'tool.completed') {
    shorten('output', event.output)
    shorten('error', event.error ?? '')
  } else if (event.type === 'approval.decided' && event.edited_input && sizeOver(asText(event.edited_input), limit) !== null) {
    // It comes again as the input with which the call begins.
    const { edited_input: _, ...decided } = event
    return decided as E
  }
  return Object.keys(cut).length === 0 ? event : { ...event, ...fields, cut: { ...('cut' in event ? event.cut : {}), ...cut } }
}

type Answer = Extract<JournalEvent, { type: 'model.completed' }>

function cutAnswer({ content, context }: Answer, limit: number, cut: Cut): Partial<Answer> {
  const changed: Partial<Answer> = {}
  let parts: ModelPart[] = content
  for (const type of ['text', 'reasoning'] as const) {
    const whole = content.map((part) => (part.type === type ? part.text : '')).join('')
    const bytes = sizeOver(whole, limit)
    if (bytes === null) continue
    cut[type] = bytes
    const first = parts.findIndex((part) => part.type === type)
    const shown: ModelPart = { type, text: beginningOf(whole) }
    parts = parts.map((part, at) => (at === first ? shown : part)).filter((part, at) => part.type !== type || at === first)
  }
  const asked = content.flatMap((part) => (part.type === 'tool-call' ? [part.input] : []))
  if (asked.some((input) => sizeOver(input, limit) !== null)) {
    cut['tool_calls'] = asked.reduce((sum, input) => sum + Buffer.byteLength(input), 0)
    parts = parts.map((part) =>
      part.type === 'tool-call' && sizeOver(part.input, limit) !== null ? { ...part, input: beginningOf(part.input) } : part,
    )
  }
  if (parts !== content) changed.content = parts
  const bytes = context ? sizeOver(JSON.stringify(context), limit) : null
  if (context && bytes !== null) {
    cut['context'] = bytes
    changed.context = { ...context, dropped: [], kept_aside: [], notes: [] }
  }
  return changed
}
