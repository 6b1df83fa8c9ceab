import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import { readResultName } from './read-result.ts'
import type { StepOf } from './kept-results.ts'

type UserPart = Extract<LanguageModelV3Message, { role: 'user' }>['content'][number]

/** What is left out of a conversation: message indexes, and the summary that stands for some of them. */
export type LeftOut = { dropped: ReadonlySet<number>; summarised: ReadonlySet<number>; summary: string | null }

export type Rendered = { prompt: LanguageModelV3Prompt; isNote: (part: object) => boolean; mentionsSteps: boolean }

/**
 * The conversation without what is left out. Where something went, the model is told: by the summary, or by a note. Both are the user's words to
 * the model, not the system's, since they repeat what tools and people said, and they join the user messages beside them, because some models
 * refuse two user messages in a row.
 */
export function render(prompt: LanguageModelV3Prompt, leftOut: LeftOut, options: { stepOf: StepOf; canRead: boolean }): Rendered {
  if (leftOut.dropped.size === 0) return { prompt: clean(prompt), isNote: () => false, mentionsSteps: false }
  const notes = new Set<object>()
  const sent: LanguageModelV3Prompt = []
  let mentionsSteps = false
  const isSummarised = (index: number) => leftOut.summary !== null && leftOut.summarised.has(index)
  let summaryShown = false
  let joinNext = false
  for (let index = 0; index < prompt.length; index++) {
    const message = prompt[index]
    if (!message) continue
    if (!leftOut.dropped.has(index)) {
      if (joinNext && message.role === 'user') joinUser(sent, message)
      else sent.push(message)
      joinNext = false
      continue
    }
    const from = index
    while (leftOut.dropped.has(index + 1)) index++
    joinNext = true
    const gone = Array.from({ length: index - from + 1 }, (_, i) => from + i)
    const [told, untold] = [gone.filter(isSummarised), gone.filter((each) => !isSummarised(each))]
    const stepsOf = (indexes: number[]) => {
      const steps = options.canRead ? stepsIn(prompt, indexes, options.stepOf) : []
      mentionsSteps ||= steps.length > 0
      return steps
    }
    // One note at most for what goes in one place, wherever a summary has a part of it: that is what compaction reckons with.
    const texts = untold.length > 0 ? [noteText(untold.length, stepsOf(untold))] : []
    if (told.length > 0 && !summaryShown) {
      summaryShown = true
      texts.push(summaryText(leftOut.summary ?? '', leftOut.summarised.size, stepsOf(told)))
    }
    for (const text of texts) {
      const part: UserPart = { type: 'text', text }
      notes.add(part)
      joinUser(sent, { role: 'user', content: [part] })
    }
  }
  return { prompt: clean(sent), isNote: (part) => notes.has(part), mentionsSteps }
}

/** The first and the last step among the results of these messages. */
function stepsIn(prompt: LanguageModelV3Prompt, indexes: number[], stepOf: StepOf): number[] {
  const steps = indexes.flatMap((index) => {
    const message = prompt[index]
    if (message?.role !== 'tool') return []
    return message.content.flatMap((part) => (part.type === 'tool-result' ? [stepOf(part.toolCallId)] : []))
  })
  const known = steps.filter((step) => step !== null).toSorted((a, b) => a - b)
  return [...new Set([known[0], known.at(-1)])].filter((step) => step !== undefined)
}

export function noteText(count: number, steps: number[]): string {
  return `[${count} earlier ${count === 1 ? 'message is' : 'messages are'} not shown here, for lack of room.${readHint(steps)}]`
}

export function summaryText(summary: string, count: number, steps: number[]): string {
  return `[Summary of ${count} earlier messages that are not shown, for lack of room.${readHint(steps)}]\n${summary}\n[End of the summary]`
}

function readHint(steps: number[]): string {
  if (steps.length === 0) return ''
  return ` The results of ${steps.length === 1 ? 'step' : 'steps'} ${steps.join(' to ')} can be read with ${readResultName}.`
}

function joinUser(sent: LanguageModelV3Prompt, message: Extract<LanguageModelV3Message, { role: 'user' }>) {
  const last = sent.at(-1)
  if (last?.role !== 'user') sent.push(message)
  else sent[sent.length - 1] = { ...last, ...message, content: [...last.content, ...message.content] }
}

// Our own marks are for us: no provider gets them.
function clean(prompt: LanguageModelV3Prompt): LanguageModelV3Prompt {
  if (!prompt.some((message) => message.providerOptions?.['cadre'])) return prompt
  return prompt.map((message) => {
    if (!message.providerOptions?.['cadre']) return message
    const { cadre: _, ...providerOptions } = message.providerOptions
    return { ...message, providerOptions }
  })
}
