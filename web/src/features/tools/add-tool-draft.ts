import type { Effect, ManifestInput } from '@cadre/contract/manifest'
import { client } from '../../lib/api.ts'

export const toolKinds = ['http', 'mcp', 'openapi', 'code'] as const
export type ToolKind = (typeof toolKinds)[number]

export type ToolDraft = {
  id: string
  name: string
  description: string
  base_url: string
  path: string
  effect: Effect
  schema: string
  mcp: 'http' | 'stdio'
  url: string
  command: string
  args: string
  document: string
  source: string
  hosts: string
}

export const emptyTool: ToolDraft = {
  id: '',
  name: '',
  description: '',
  base_url: '',
  path: '/',
  effect: 'once',
  schema: '{\n  "type": "object",\n  "properties": {}\n}',
  mcp: 'http',
  url: '',
  command: '',
  args: '',
  document: '',
  hosts: '',
  source: `import { defineHook } from '@cadre/contract/forgehook'

export default defineHook({
  '/greet': {
    description: 'Greets somebody by name.',
    effect: 'read',
    input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    handler: ({ name }) => ({ greeting: \`Hello, \${name}!\` }),
  },
})
`,
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Registers what the draft says. The server checks all of it; nothing is checked twice here. */
export async function addTool(kind: ToolKind, draft: ToolDraft, schema: Record<string, unknown>): Promise<{ id: string; name: string }> {
  if (kind === 'openapi') {
    const from = draft.document.trim() === '' ? { url: draft.url } : { document: draft.document }
    const { plugin } = await client.plugins.importOpenapi({ ...from, id: draft.id || undefined, base_url: draft.base_url || undefined })
    if (!plugin) throw new TypeError('plugins.importOpenapi answered a preview that was not asked for')
    return plugin
  }
  return client.plugins.add(manifestOf(kind, draft, schema))
}

function manifestOf(kind: Exclude<ToolKind, 'openapi'>, draft: ToolDraft, schema: Record<string, unknown>): ManifestInput {
  const { id, description, path, effect } = draft
  const base = { id, name: draft.name || id, version: '1.0.0', description }
  if (kind === 'http') {
    const host = URL.parse(draft.base_url)?.host
    return {
      ...base,
      runtime: { type: 'http', base_url: draft.base_url },
      endpoints: [{ path, description, effect, input: schema }],
      permissions: { network: host ? [host] : [] },
    }
  }
  if (kind === 'code') return { ...base, runtime: { type: 'code', source: draft.source }, permissions: { network: lines(draft.hosts) } }
  if (draft.mcp === 'stdio')
    return { ...base, runtime: { type: 'mcp', transport: { type: 'stdio', command: draft.command, args: lines(draft.args) } } }
  const host = URL.parse(draft.url)?.host
  return { ...base, runtime: { type: 'mcp', transport: { type: 'http', url: draft.url } }, permissions: { network: host ? [host] : [] } }
}
