import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'
import type { ResolvedTool, ToolCall } from '../resolved-tool.ts'

const contract = new URL('../../../../contract/src/forgehook.ts', import.meta.url).href

/** Writes a plugin's entry module; `handlers` is JavaScript, with HookError at hand. Gives its file URL. */
export function writeEntry(handlers: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-hook-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'index.mjs')
  writeFileSync(path, `import { HookError } from '${contract}'\nexport default {\n${handlers}\n}\n`)
  return pathToFileURL(path).href
}

type Given = Partial<Omit<ResolvedTool, 'limits' | 'grants'>> & { limits?: Partial<ResolvedTool['limits']>; grants?: Partial<ResolvedTool['grants']> }

export function toolOf({ limits, grants, ...given }: Given): ResolvedTool {
  const path = given.path ?? '/x'
  return {
    name: `hook__${path.slice(1)}`,
    hook_id: 'hook',
    action: path.slice(1),
    path,
    description: '',
    effect: 'read',
    input: { type: 'object' },
    output: undefined,
    limits: { timeout_ms: 20_000, memory_mb: 64, output_bytes: 1_000_000, ...limits },
    grants: { network: [], files: [], secrets: [], databases: [], store: false, ...grants },
    settings: {},
    runtime: { type: 'embedded', entry: 'file:///nowhere' },
    ...given,
  }
}

export function callOf(tool: ResolvedTool, input: unknown = {}, signal = new AbortController().signal): ToolCall {
  return { tool, workspace_id: 'default', input, idempotency_key: 'run_1:1', run_id: 'run_1', now: 1_700_000_000_000, signal }
}
