import type { Script } from '@cadre/core/test/model-double'
import { expect, vi } from 'vitest'
import type { Caller } from './real-cadre.ts'

/** Everything that a workspace can hold, one of each, by its id. All of it has `mark` in it, where there is room for words. */
export type Things = Record<
  | 'workspace'
  | 'user'
  | 'session'
  | 'key'
  | 'agent'
  | 'slug'
  | 'run'
  | 'asking'
  | 'approval'
  | 'rule'
  | 'plugin'
  | 'tool'
  | 'connection'
  | 'provider'
  | 'alias'
  | 'budget'
  | 'project'
  | 'conversation'
  | 'message'
  | 'attachment',
  string
>

/** What the model says: it calls the tool that acts where it has one, once. */
export const acting: Script = ({ messages, tools }) => {
  const tool = tools?.map((each) => each.function.name).find((name) => name.endsWith('-hook__act'))
  return tool && !messages.some(({ role }) => role === 'tool') ? { calls: [{ tool, input: {} }] } : { text: 'done' }
}

/**
 * @param who the one who calls, an owner of the workspace.
 * @param model where a model double with `acting` is.
 */
export async function furnish(call: Caller, who: { id: string; workspace: string }, mark: string, model: string): Promise<Things> {
  const made = async (method: string, path: string, body?: object, status = 201) => {
    const answer = await call(method, path, body)
    expect(answer, `${method} ${path}: ${answer.error}`).toMatchObject({ status })
    return answer.data
  }
  const manifest = {
    id: `${mark}-hook`,
    name: mark,
    version: '1.0.0',
    description: mark,
    runtime: { type: 'code', source: `export default { '/see': () => ({ ok: true }), '/act': () => ({ ok: true }) }` },
    endpoints: [
      { path: '/see', effect: 'read', description: mark, input: { type: 'object' } },
      { path: '/act', effect: 'once', description: mark, input: { type: 'object' } },
    ],
  }
  await made('POST', 'plugins', manifest)
  await made('POST', 'connections', { name: mark, url: `postgres://${mark}:geheim@127.0.0.1:1/${mark}` })
  await made('POST', 'providers', { id: `${mark}-models`, type: 'custom', base_url: model, default_model: mark })
  await made('PUT', `model-aliases/${mark}-short`, { model: `${mark}-long` }, 200)
  const usual = { provider: `${mark}-models`, model: mark, system_prompt: `You are ${mark}.` }
  const agent = await made('POST', 'agents', { ...usual, name: `${mark} agent`, tools: ['calculator'] })
  const ended = await made('POST', `agents/${agent.id}/run`, { input: `Say ${mark}.` }, 200)
  const ways = { tools: [manifest.id], config: { approvals: { require: [`${mark}-hook__act`] } } }
  const careful = await made('POST', 'agents', { ...usual, ...ways, name: `${mark} careful` })
  const ask = async (input: string) => {
    const { run_id } = await made('POST', `agents/${careful.id}/run`, { input, wait: 0 }, 202)
    const asked = async () => {
      const [found] = (await call('GET', `approvals?run=${run_id}`)).data
      if (!found) throw new Error('the run has asked nobody')
      return found.id as string
    }
    return { run: run_id as string, approval: await vi.waitFor(asked, { timeout: 20_000 }) }
  }
  const asked = await ask('Act.')
  const kept = await keptRule(call, await ask('Act.'))
  const budget = await made('POST', 'budgets', { scope: 'agent', scope_id: agent.id, period: 'day', unit: 'tokens', limit: 1_000_000 })
  const key = await made('POST', 'keys', { name: `${mark} key` })
  const [session] = (await call('GET', 'sessions')).data
  const project = await made('POST', 'projects', { name: `${mark} project` })
  const channel = { kind: 'channel', title: `${mark} room`, project_id: project.id, participants: [{ kind: 'agent', id: agent.id }] }
  const room = await made('POST', 'conversations', channel)
  const file = await made('POST', `conversations/${room.id}/attachments`, { name: `${mark}.txt`, content: btoa(mark) })
  const message = await made('POST', `conversations/${room.id}/messages`, { content: `${mark} words`, attachments: [file.id] })
  return {
    workspace: who.workspace,
    user: who.id,
    session: session.id,
    key: key.id,
    agent: agent.id,
    slug: agent.slug,
    run: ended.run_id,
    asking: asked.run,
    approval: asked.approval,
    rule: kept,
    plugin: manifest.id,
    tool: `${mark}-hook__see`,
    connection: mark,
    provider: `${mark}-models`,
    alias: `${mark}-short`,
    budget: budget.id,
    project: project.id,
    conversation: room.id,
    message: message.id,
    attachment: file.id,
  }
}

/** A rule for exactly this call, so that the question of the other run stays open. */
async function keptRule(call: Caller, { approval }: { approval: string }): Promise<string> {
  await call('POST', `approvals/${approval}`, { decision: 'approve', scope: 'always' })
  return (await call('GET', 'approval-rules')).data[0].id
}
