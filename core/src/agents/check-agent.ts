import type { AgentConfigPatch } from '@cadre/contract/agent-config'
import { type CreateAgent, noPrompt } from '@cadre/contract/agents'
import { CadreError, type ErrorCode, invalid } from '@cadre/contract/errors'
import type { Effect } from '@cadre/contract/manifest'
import { effectivePrompt, PromptError } from '@cadre/contract/persona'
import type { Trx } from '../storage/database.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { checkSchema } from '../tools/tool-schema.ts'
import { findRival } from './agents.store.ts'

/** What agents need of the nouns they refer to. */
export type References = {
  hooks: { resolveTools: (workspace: string, refs: string[]) => Promise<readonly { effect: Effect }[]> }
  providers: { knows: (workspace: string, id: string) => Promise<boolean> }
}

type Referring = Partial<Pick<CreateAgent, 'tools' | 'provider' | 'output_schema'>> & { config?: AgentConfigPatch | undefined }

/** What an agent refers to must be there in its workspace: its tools, its provider, and a schema that compiles. */
export async function checkReferences(app: References, workspace: string, agent: Referring) {
  if (agent.tools) await app.hooks.resolveTools(workspace, agent.tools)
  if (agent.provider !== undefined && !(await app.providers.knows(workspace, agent.provider))) {
    throw invalid('provider', `there is no provider '${agent.provider}'; add it with POST /api/v1/providers, or use 'auto'`)
  }
  if (agent.output_schema) checkSchema(agent.output_schema, 'output_schema')
  for (const [i, name] of (agent.config?.approvals?.require ?? []).entries())
    await checkRequired(app, workspace, name, `config.approvals.require[${i}]`)
}

/** All that says who it is must make a prompt, and one that is not too long. */
export function checkPrompt(agent: Pick<CreateAgent, 'name' | 'description' | 'role' | 'backstory' | 'goal' | 'system_prompt' | 'prompt_template'>) {
  const { system_prompt, role, backstory, goal } = agent
  if ([system_prompt, role, backstory, goal].every((text) => (text ?? '').trim() === '')) throw invalid('system_prompt', noPrompt)
  const prompt = filled(agent)
  if (prompt.trim() === '') throw invalid('prompt_template', 'makes an empty prompt of these fields', { code: 'prompt_empty' })
}

function filled(agent: Parameters<typeof effectivePrompt>[0]): string {
  try {
    return effectivePrompt(agent)
  } catch (error) {
    if (!(error instanceof PromptError)) throw error
    const { code, params, message } = error.problem
    throw invalid('prompt_template', message, { code, params })
  }
}

// A name that fits nothing would protect nothing, and nobody would notice. Agents as tools come and go.
async function checkRequired({ hooks }: References, workspace: string, name: string, path: string) {
  if (name.startsWith('agents__')) return
  const tools = await hooks.resolveTools(workspace, [name.replace(/__\*$/, '')]).catch((error: unknown) => {
    throw error instanceof CadreError && error.code === 'INVALID' ? invalid(path, `there is no ForgeHook or tool '${name}'`) : error
  })
  if (tools.every(({ effect }) => effect === 'read')) throw invalid(path, `'${name}' only reads: there is nothing to approve`)
}

/** Says whose name or slug is in the way; called before the write for a clear answer, and the index decides under a race. */
export async function refuseRival(trx: Trx, workspace: string, name: string, slug: string, exceptId?: string) {
  const rival = await findRival(trx, workspace, name, slug, exceptId)
  if (rival) throw taken(rival.name === name ? 'name' : 'slug', name, slug, rival.name)
}

export function takenBy(error: unknown, name: string, slug: string): unknown {
  const violation = isUniqueViolation(error)
  if (!violation) return error
  return taken(violation.constraint.includes('slug') ? 'slug' : 'name', name, slug, undefined)
}

function taken(what: 'name' | 'slug', name: string, slug: string, rival: string | undefined) {
  const code: ErrorCode = what === 'name' ? 'AGENT_NAME_TAKEN' : 'AGENT_SLUG_TAKEN'
  const message =
    what === 'name'
      ? `an agent named '${name}' already exists`
      : `the name makes the slug '${slug}', which ${rival ? `agent '${rival}'` : 'another agent'} already has`
  return new CadreError(code, `name: ${message}`, [{ path: 'name', message }])
}
