import { afterAll } from 'vitest'
import type { Capabilities } from '../../capabilities.ts'
import type { ResolvedTool } from '../../resolved-tool.ts'
import { callOf, toolOf } from '../../test/hook-tool.ts'
import { ToolError } from '../../tool-error.ts'
import { openCodeRuntime } from '../code-runtime.ts'

type Defect = { tool: string; message: string; stack?: string }
type Options = { capabilities?: Capabilities; max_threads?: number; idle_ms?: number }
type CallOptions = {
  path?: string
  input?: unknown
  limits?: Partial<ResolvedTool['limits']>
  signal?: AbortSignal
  hook_id?: string
  settings?: object
}

/** A module whose one handler, of /x, has this body. */
export function handlerOf(body: string): string {
  return `import { defineHook, HookError } from '@cadre/contract/forgehook'\nexport default { '/x': async (input, context) => { ${body} } }`
}

/** Real threads, ended after the tests of the file, and calls in them. */
export function openCode({ capabilities = () => Promise.reject(new ToolError('nothing is granted')), ...options }: Options = {}) {
  const defects: Defect[] = []
  const runtime = openCodeRuntime({ capabilities, log: { error: (context) => void defects.push(context as Defect) }, ...options })
  afterAll(() => runtime.close())
  const callSource = (
    source: string,
    { path = '/x', input = {}, limits, signal, hook_id = 'hook', settings }: CallOptions = {},
  ): Promise<unknown> => {
    const tool = toolOf({ path, hook_id, limits: { timeout_ms: 20_000, ...limits }, ...(settings && { settings: { ...settings } }) })
    return runtime.call(callOf(tool, input, signal), { type: 'code', source })
  }
  return { runtime, defects, callSource, call: (body: string, given?: CallOptions) => callSource(handlerOf(body), given) }
}
