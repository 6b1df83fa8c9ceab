import type { JSONSchema7, LanguageModelV3CallOptions, LanguageModelV3Message, LanguageModelV3ToolResultOutput } from '@ai-sdk/provider'
import { isRecord } from './words.ts'
import type { Outcome, PastCall, Reading } from './types.ts'

const DATA = /\n\s*\nData:[ \t]*\r?\n/
/** A later user message that only complains about the form of the answer: the instruction is still the one before it. */
const CORRECTION =
  /\b(?:(?:does|did|do) not|doesn't|didn't|must) (?:fit|match|conform|satisfy)\b.*\b(?:schema|json)\b|\b(?:not|only|as|in) (?:valid )?json\b.*\b(?:again|only|schema)\b/is

/** Takes a prompt apart: the last instruction, its data, and what the tools have answered since. */
export function readPrompt(options: LanguageModelV3CallOptions): Reading {
  const { prompt } = options
  const users = prompt.flatMap((message, index) => (message.role === 'user' ? [{ index, text: textOf(message) }] : []))
  const corrected = users.length > 1 && CORRECTION.test(users.at(-1)?.text ?? '') && hasAnswer(prompt, users)
  const asked = users.at(corrected ? -2 : -1) ?? { index: -1, text: '' }
  const { instruction, data } = splitData(asked.text)
  const system = prompt.flatMap((message) => (message.role === 'system' ? [message.content] : [])).join('\n\n')
  const format = options.responseFormat
  const schema = format?.type === 'json' && format.schema ? format.schema : schemaIn(corrected ? `${system}\n${users.at(-1)?.text}` : system)
  const past = callsOf(prompt.slice(asked.index + 1))
  return {
    system,
    instruction,
    data:
      data ??
      earlierData(
        users
          .map(({ text }) => text)
          .slice(
            0,
            users.findIndex(({ index }) => index === asked.index),
          ),
        instruction,
      ),
    past,
    callCount: callsOf(prompt.slice(0, asked.index + 1)).length,
    schema,
    wantsJson: corrected || format?.type === 'json' || schema !== undefined,
  }
}

function hasAnswer(prompt: LanguageModelV3Message[], users: { index: number }[]): boolean {
  const [from, to] = [users.at(-2)?.index ?? 0, users.at(-1)?.index ?? 0]
  return prompt
    .slice(from, to)
    .some((message) => message.role === 'assistant' && message.content.some((part) => part.type === 'text' && part.text.trim() !== ''))
}

function textOf(message: Extract<LanguageModelV3Message, { role: 'user' }>): string {
  return message.content
    .map((part) => {
      if (part.type === 'text') return part.text
      // A text file sent along is data like any other.
      return /^text\/|json|csv|xml|yaml/.test(part.mediaType) && typeof part.data === 'string' && !/^(data|https?):/.test(part.data)
        ? `\n${part.data}`
        : ''
    })
    .join('\n')
}

export function splitData(text: string): { instruction: string; data: unknown } {
  const mark = DATA.exec(text)
  if (!mark) return { instruction: text, data: undefined }
  const rest = text.slice(mark.index + mark[0].length).trim()
  const instruction = text.slice(0, mark.index)
  const unfenced = /^```\w*\r?\n([\s\S]*?)\r?\n```$/.exec(rest)?.[1] ?? rest
  try {
    return { instruction, data: JSON.parse(unfenced) as unknown }
  } catch {
    return { instruction, data: unfenced }
  }
}

/** In a conversation "now sort it by amount" is about the data sent before. Only a message with nothing of its own looks back. */
function earlierData(texts: string[], instruction: string): unknown {
  if (texts.length === 0 || /\n\s*\S+[,;\t|]|[[{]|```/.test(instruction)) return undefined
  for (const text of texts.toReversed()) {
    const { instruction: said, data } = splitData(text)
    if (data !== undefined) return data
    if (/```|\n[^\n]*[,;\t|][^\n]*\n|[[{][\s\S]*[\]}]/.test(said)) return said
  }
  return undefined
}

function callsOf(messages: LanguageModelV3Message[]): PastCall[] {
  const calls: PastCall[] = []
  for (const message of messages) {
    if (message.role !== 'assistant' && message.role !== 'tool') continue
    for (const part of message.content) {
      if (part.type === 'tool-call') calls.push({ id: part.toolCallId, tool: part.toolName, input: part.input, outcome: undefined })
      else if (part.type === 'tool-result') {
        const call = calls.findLast((item) => item.id === part.toolCallId)
        if (call) call.outcome = outcomeOf(part.output)
      }
    }
  }
  return calls
}

export function outcomeOf(output: LanguageModelV3ToolResultOutput): Outcome {
  switch (output.type) {
    case 'error-text':
      return { ok: false, error: output.value }
    case 'error-json':
      return { ok: false, error: errorIn(output.value) ?? JSON.stringify(output.value) }
    case 'execution-denied':
      return { ok: false, error: output.reason ? `a person refused the call: ${output.reason}` : 'a person refused the call' }
    case 'text':
      return fromValue(jsonOr(output.value))
    case 'json':
      return fromValue(output.value)
    case 'content':
      return fromValue(jsonOr(output.value.map((part) => (part.type === 'text' ? part.text : '')).join('\n')))
  }
}

function jsonOr(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** The keys of an object that says nothing but what went wrong. */
const ERROR_KEYS = new Set([
  'error',
  'message',
  'name',
  'code',
  'status',
  'field',
  'issues',
  'retryable',
  'stack',
  'success',
  'toolName',
  'toolCallId',
])

function fromValue(value: unknown): Outcome {
  if (isRecord(value)) {
    const onlyError = Object.hasOwn(value, 'error') && Object.keys(value).every((key) => ERROR_KEYS.has(key))
    if (value.error === true || value.isError === true || (onlyError && value.error))
      return { ok: false, error: errorIn(value) ?? JSON.stringify(value) }
  }
  return { ok: true, value }
}

function errorIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!isRecord(value)) return undefined
  return errorIn(value.message) ?? errorIn(value.error)
}

/** The JSON Schema for the answer that a system prompt quotes. */
function schemaIn(system: string): JSONSchema7 | undefined {
  if (!/schema/i.test(system)) return undefined
  for (const { value } of jsonIn(system)) {
    if (isRecord(value) && (isRecord(value.properties) || typeof value.$schema === 'string' || value.type === 'object' || value.type === 'array'))
      return value as JSONSchema7
  }
  return undefined
}

/** Every top-level JSON object or array written in a text, with its place. */
export function jsonIn(text: string): { value: unknown; start: number; end: number }[] {
  const found: { value: unknown; start: number; end: number }[] = []
  // Each failed opening costs a scan: a text of nothing but brackets must not take minutes.
  let tries = 0
  for (let at = 0; at < text.length && tries < 200; at++) {
    if (text[at] !== '{' && text[at] !== '[') continue
    tries++
    const end = closing(text, at)
    if (end < 0) continue
    try {
      found.push({ value: JSON.parse(text.slice(at, end)) as unknown, start: at, end })
      at = end - 1
    } catch {
      // Not JSON after all, such as [amount] in a formula.
    }
  }
  return found
}

function closing(text: string, start: number): number {
  let depth = 0
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (quoted) {
      if (char === '\\') at++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1
  }
  return -1
}
