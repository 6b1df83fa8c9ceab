import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { JSONSchema7, LanguageModelV3CallOptions, LanguageModelV3FunctionTool, LanguageModelV3Prompt } from '@ai-sdk/provider'
import type { HookHandlers } from '@cadre/contract/forgehook'
import { Manifest, toolName } from '@cadre/contract/manifest'
import { ungranted } from '@cadre/contract/ungranted'
import { plannerModel } from './planner-model.ts'
import { refusalOf } from './toolbox.ts'

/** For tests: runs an instruction against the bundled ForgeHooks themselves, as an engine would. */
export type TestTool = { definition: LanguageModelV3FunctionTool; run: (input: unknown) => unknown }
export type Loop = { text: string; json: unknown; steps: { tool: string; input: unknown; output: unknown }[]; turns: string[][] }

const root = fileURLToPath(new URL('../../../../forgehooks/', import.meta.url))
const context = {
  signal: new AbortController().signal,
  now: Date.UTC(2024, 5, 1, 12),
  idempotencyKey: 'test',
  settings: {},
  log: () => {},
  ...ungranted,
}
export const MOST_TURNS = 20

export async function bundled(...ids: string[]): Promise<TestTool[]> {
  const tools: TestTool[] = []
  for (const id of ids) {
    const file = `${root}${id}/forgehook.json`
    if (!existsSync(file)) throw new Error(`there is no bundled ForgeHook ${id}`)
    const manifest = Manifest.parse(JSON.parse(readFileSync(file, 'utf8')))
    const entry = manifest.runtime.type === 'embedded' ? manifest.runtime.entry : './index.ts'
    const { default: handlers } = (await import(pathToFileURL(`${root}${id}/${entry}`).href)) as { default: HookHandlers }
    for (const endpoint of manifest.endpoints) {
      tools.push({
        definition: {
          type: 'function',
          name: toolName(id, endpoint.path),
          description: endpoint.description,
          inputSchema: endpoint.input as JSONSchema7,
        },
        run: (input) => handlers[endpoint.path]?.(input, context),
      })
    }
  }
  return tools
}

export function userText(input: string, data?: unknown): string {
  return data === undefined ? input : `${input}\n\nData:\n${JSON.stringify(data)}`
}

export type LoopOptions = Partial<LanguageModelV3CallOptions> & { system?: string; before?: LanguageModelV3Prompt }

/** What an answer says as JSON, if it does: it may also begin with words of its reader such as `{ average`. */
function jsonOf(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export async function runLoop(tools: TestTool[], input: string, data?: unknown, options: LoopOptions = {}): Promise<Loop> {
  const { system, before, ...call } = options
  const model = plannerModel()
  const prompt: LanguageModelV3Prompt = [
    ...(system ? [{ role: 'system' as const, content: system }] : []),
    ...(before ?? []),
    { role: 'user', content: [{ type: 'text', text: userText(input, data) }] },
  ]
  const steps: Loop['steps'] = []
  const turns: string[][] = []
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const result = await model.doGenerate({ prompt, tools: tools.map((tool) => tool.definition), ...call })
    const calls = result.content.filter((part) => part.type === 'tool-call')
    if (calls.length === 0) {
      const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
      return { text, json: jsonOf(text), steps, turns }
    }
    turns.push(calls.map((item) => item.toolName))
    prompt.push({
      role: 'assistant',
      content: calls.map((item) => ({
        type: 'tool-call' as const,
        toolCallId: item.toolCallId,
        toolName: item.toolName,
        input: JSON.parse(item.input) as unknown,
      })),
    })
    for (const item of calls) {
      const tool = tools.find((other) => other.definition.name === item.toolName)
      if (!tool) throw new Error(`the planner called ${item.toolName}, which was not offered`)
      const asked = JSON.parse(item.input) as unknown
      const refusal = refusalOf({ name: item.toolName, description: '', schema: tool.definition.inputSchema }, asked)
      if (refusal) throw new Error(`the planner called ${item.toolName} with an input that its schema refuses: ${refusal}`)
      const output = await attempt(() => tool.run(asked))
      steps.push({ tool: item.toolName, input: asked, output })
      prompt.push({
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: item.toolCallId, toolName: item.toolName, output: { type: 'json', value: (output ?? null) as never } },
        ],
      })
    }
  }
  throw new Error(`no answer after ${MOST_TURNS} turns: ${JSON.stringify(turns)}`)
}

async function attempt(work: () => unknown): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify((await work()) ?? null)) as unknown
  } catch (error) {
    return { error: (error as Error).message }
  }
}
