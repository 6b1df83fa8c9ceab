import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { Execution } from './execution.ts'
import { additionTo } from './origins.ts'

/** What was said while a run worked, and before which model call it was put into the prompt. `at`: known when that call is made, or played back. */
export type Added = { call: number; text: string; at: number | undefined }

/** What was read to be put in is not so any more. */
class Outdated extends Error {}

/**
 * Before a new model call: what was said meanwhile to whoever works here is written down as a part of the run, in the transaction that
 * takes it from those who wait for an answer. So it is put in once, wherever the run is killed, and a run that is played back has it at
 * the same call.
 */
export async function takeAddition(x: Execution, call: number, prompt: LanguageModelV3Prompt): Promise<void> {
  // Between an answer and the request to mend its form nobody may say anything else.
  if (prompt.at(-1)?.role !== (call === 1 ? 'user' : 'tool')) return
  for (;;) {
    const found = await additionTo(x.app, x.run)
    if (!found) return
    try {
      await x.journal.append(
        found.inputs.map((input) => ({ type: 'input.added', call, ...input })),
        {},
        async (trx) => {
          if (!(await found.take(trx))) throw new Outdated()
        },
      )
    } catch (error) {
      if (error instanceof Outdated) continue
      throw error
    }
    x.added.push(...found.inputs.map(({ text }) => ({ call, text, at: undefined })))
    found.taken()
    return
  }
}

/**
 * A prompt as the engine's loop made it, with what was added up to this call, each at the end of the prompt that its call had: the loop
 * only ever appends, so it stands in the same place in every later prompt.
 */
export function withAddition(x: Execution, call: number, prompt: LanguageModelV3Prompt): LanguageModelV3Prompt {
  const due = x.added.filter((each) => each.call <= call)
  if (due.length === 0) return prompt
  for (const each of due) each.at ??= prompt.length
  const shown: LanguageModelV3Prompt = []
  for (let index = 0; index <= prompt.length; index++) {
    const texts = due.filter(({ at }) => at === index).map(({ text }) => text)
    if (texts.length > 0) say(shown, texts.join('\n\n'))
    const message = prompt[index]
    if (message) shown.push(message)
  }
  return shown
}

type UserMessage = Extract<LanguageModelV3Message, { role: 'user' }>

function say(shown: LanguageModelV3Prompt, text: string) {
  const asked = shown.findLastIndex(({ role }) => role === 'user')
  const before = shown[asked]
  if (before?.role === 'user' && asked === shown.length - 1) {
    shown[asked] = joined(before, text)
    return
  }
  // What was asked first goes on to hold: it must not be left out for lack of room because it is not the newest any more.
  if (before) shown[asked] = { ...before, providerOptions: { ...before.providerOptions, cadre: { pinned: true } } }
  shown.push({ role: 'user', content: [{ type: 'text', text }] })
}

/** Some models take no two messages of a user in a row, and some servers no message of several parts. */
function joined(message: UserMessage, text: string): UserMessage {
  const last = message.content.at(-1)
  if (last?.type !== 'text') return { ...message, content: [...message.content, { type: 'text', text }] }
  return { ...message, content: [...message.content.slice(0, -1), { ...last, text: `${last.text}\n\n${text}` }] }
}

/** Served by Mistral or with one of its templates, a user's message after a tool's result is refused, so an assistant's comes between them. */
const strictOrder = /mistral|ministral|mixtral|devstral|codestral|magistral|pixtral/i

export function inOrderFor(model: { type: string; model: string }, prompt: LanguageModelV3Prompt): LanguageModelV3Prompt {
  if (!strictOrder.test(`${model.type} ${model.model}`)) return prompt
  return prompt.flatMap((message, index): LanguageModelV3Prompt => {
    if (message.role !== 'user' || prompt[index - 1]?.role !== 'tool') return [message]
    return [{ role: 'assistant', content: [{ type: 'text', text: 'I go on with what was said meanwhile.' }] }, message]
  })
}
