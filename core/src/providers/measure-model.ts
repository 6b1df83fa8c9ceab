import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3FunctionTool } from '@ai-sdk/provider'
import type { Capability } from '@cadre/contract/providers'

export type Measured = { value: boolean | null; note?: string }
export type Explain = (error: unknown) => string

/** A PNG of 32 by 32 pixels, all red. */
const redSquare = 'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJ0lEQVR42u3NsQkAAAjAsP7/tF7hIASyp6lTCQQCgUAgEAgEgi/BAjLD/C5w/SM9AAAAAElFTkSuQmCC'

const weather: LanguageModelV3FunctionTool = {
  type: 'function',
  name: 'get_temperature',
  description: 'The temperature in a city now.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
}

/** Each check is one small call; the answer is looked at, not the fact that there was one. */
export const checks: Record<
  Exclude<Capability, 'chat' | 'embeddings'>,
  (model: LanguageModelV3, signal: AbortSignal) => Promise<Measured & { first_token_ms?: number }>
> = {
  async streaming(model, signal) {
    const began = performance.now()
    const { stream } = await model.doStream({ ...asking('Count from 1 to 20 in digits, with spaces between them.'), abortSignal: signal })
    let first: number | undefined
    let pieces = 0
    for await (const part of stream) {
      if (part.type === 'error') throw part.error
      if (part.type !== 'text-delta' && part.type !== 'reasoning-delta') continue
      first ??= Math.round(performance.now() - began)
      pieces++
    }
    if (first === undefined) return { value: false, note: 'the stream had no text' }
    return pieces > 1 ? { value: true, first_token_ms: first } : { value: false, note: 'the answer came in one piece', first_token_ms: first }
  },
  async tools(model, signal) {
    const asked = asking('Call get_temperature for Lisbon.')
    const { content } = await model.doGenerate({ ...asked, tools: [weather], toolChoice: { type: 'auto' }, abortSignal: signal })
    const call = content.find((part) => part.type === 'tool-call')
    if (!call) return { value: false, note: 'it was told to call a tool and did not' }
    const city = field(call.input, 'city')
    return call.toolName === weather.name && typeof city === 'string' && /lisbo/i.test(city)
      ? { value: true }
      : { value: false, note: `it called ${call.toolName} with ${call.input.slice(0, 100)}` }
  },
  async vision(model, signal) {
    const { content } = await model.doGenerate({
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Which colour is this picture? Answer with one English word.' },
            { type: 'file', mediaType: 'image/png', data: redSquare },
          ],
        },
      ],
      maxOutputTokens: 300,
      abortSignal: signal,
    })
    const text = textOf(content)
    return /\bred\b/i.test(text) ? { value: true } : { value: false, note: `it was shown a red picture and said: ${text.slice(0, 100)}` }
  },
  async structured_output(model, signal) {
    const schema = { type: 'object', properties: { answer: { type: 'integer' } }, required: ['answer'], additionalProperties: false } as const
    const asked = asking('How much is 17 + 25? Answer as JSON like {"answer": 1}.')
    const { content } = await model.doGenerate({ ...asked, responseFormat: { type: 'json', schema, name: 'sum' }, abortSignal: signal })
    const text = textOf(content)
    return typeof field(text, 'answer') === 'number'
      ? { value: true }
      : { value: false, note: `it was asked for JSON and said: ${text.slice(0, 100)}` }
  },
}

function asking(text: string): Pick<LanguageModelV3CallOptions, 'prompt' | 'maxOutputTokens'> {
  // Room to think: a thinking model that is stopped before its answer would count as unable.
  return { prompt: [{ role: 'user', content: [{ type: 'text', text }] }], maxOutputTokens: 1000 }
}

function textOf(content: { type: string; text?: string }[]): string {
  return content.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('')
}

function field(json: string, name: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown> | null)?.[name]
  } catch {
    return undefined // no JSON: that is the finding
  }
}
