import { type Answer, type Dialect, sse, usage, words } from './wire.ts'

type Part = { text?: string; functionCall?: object; functionResponse?: object }
type Body = {
  tools?: { functionDeclarations?: { name: string }[] }[] | { functionDeclarations?: { name: string }[] }
  contents: { parts: Part[] }[]
  generationConfig?: { responseMimeType?: string }
}

/** POST /v1beta/models/NAME:generateContent and :streamGenerateContent of Google. */
export const gemini: Dialect = {
  contentType: 'text/event-stream',
  read: (given, url) => {
    const body = given as Body
    return {
      stream: url.includes(':streamGenerateContent'),
      tools: [body.tools ?? []].flat().flatMap(({ functionDeclarations }) => (functionDeclarations ?? []).map(({ name }) => name)),
      results: body.contents.flatMap(({ parts }) => parts).filter(({ functionResponse }) => functionResponse).length,
      json: body.generationConfig?.responseMimeType === 'application/json',
    }
  },
  whole: (answer) => ({ ...candidate([...texts(answer.text === undefined ? [] : [answer.text]), ...calls(answer)], finishOf(answer)), ...metadata }),
  pieces: (answer) =>
    [
      ...words(answer.text).map((text) => candidate(texts([text]))),
      ...calls(answer).map((part) => candidate([part])),
      { ...candidate([{ text: '' }], finishOf(answer)), ...metadata },
    ].map((each) => sse(each)),
  error: (status, message) => ({ error: { code: status, message, status: 'SCRIPTED' } }),
  other: (url) =>
    url.includes('/models?')
      ? { models: [{ name: 'models/double', supportedGenerationMethods: ['generateContent'], inputTokenLimit: 1000 }] }
      : undefined,
}

const metadata = {
  usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: usage.output, totalTokenCount: usage.input + usage.output },
}

function candidate(parts: Part[], finishReason?: string) {
  return { candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}) }] }
}

function texts(all: string[]): Part[] {
  return all.map((text) => ({ text }))
}

function calls({ calls: all = [] }: Answer): Part[] {
  return all.map(({ tool, input }) => ({ functionCall: { name: tool, args: input } }))
}

function finishOf({ finish }: Answer) {
  return finish === 'length' ? 'MAX_TOKENS' : 'STOP'
}
