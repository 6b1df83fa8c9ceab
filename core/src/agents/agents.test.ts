import { CreateAgent, UpdateAgent } from '@cadre/contract/agents'
import { ContextPolicy } from '@cadre/contract/context'
import { invalid } from '@cadre/contract/errors'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localOwner, publicActor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { databases } from '../storage/test/databases.ts'
import { createAgent } from './create-agent.ts'
import { deleteAgent } from './delete-agent.ts'
import { getAgent, requireRunnableAgent } from './get-agent.ts'
import { listAgents } from './list-agents.ts'
import { slugOf } from './slug.ts'
import { updateAgent } from './update-agent.ts'

const owner = localOwner()
const stranger = publicActor()

describe('slugs', () => {
  test.each([
    ['data-cleanup-agent', 'data-cleanup-agent'],
    ['Ação Diária!', 'acao-diaria'],
    ['  A!  ', 'a'],
    ['ﬁne Straße ①', 'fine-stra-e-1'],
    ['İstanbul', 'istanbul'],
    ['a'.repeat(99) + ' b', 'a'.repeat(99)],
    ['x'.repeat(255), 'x'.repeat(100)],
    ['__proto__', 'proto'],
  ])('%s', (name, slug) => {
    expect(slugOf(name)).toBe(slug)
  })
  test('a name without a Latin letter or digit gets one that stays the same', () => {
    expect(slugOf('数据')).toMatch(/^agent-[0-9a-f]{8}$/)
    expect(slugOf('数据')).toBe(slugOf('数据'))
    expect(slugOf('数据')).not.toBe(slugOf('資料'))
    expect(slugOf('\ud800')).toMatch(/^agent-/)
  })
})

describe.each(databases)('agents on $name', ({ empty }) => {
  let db: Db
  let clock: number
  beforeEach(async () => {
    db = await empty()
    clock = 1_700_000_000_000
  })
  afterEach(() => db.close())

  function appOf() {
    const known = ['date-utils', 'json-utils']
    const hooks = {
      async resolveTools(_workspace: string, refs: string[]) {
        const at = refs.findIndex((ref) => !known.includes(ref))
        if (at >= 0) throw invalid(`tools[${at}]`, `there is no ForgeHook or tool '${refs[at]}'; known: ${known.join(', ')}`)
        return refs.map(() => ({ effect: 'once' as const }))
      },
    }
    const config = { key: Buffer.alloc(32).toString('hex'), key_file: 'none' }
    return {
      db,
      config,
      newId,
      now: () => clock,
      hooks,
      providers: { knows: async (_workspace: string, id: string) => ['auto', 'builtin', 'lab'].includes(id) },
    }
  }
  const create = (change: object = {}) => createAgent(appOf(), owner, CreateAgent.parse({ name: 'Helper', system_prompt: 'Help.', ...change }))
  const update = (ref: string, change: object) => updateAgent(appOf(), owner, ref, UpdateAgent.parse(change))

  test('what was left out gets its default, and it is read back by id and by slug', async () => {
    const agent = await create()
    expect(agent).toEqual({
      id: expect.stringMatching(/^agt_/),
      name: 'Helper',
      slug: 'helper',
      description: null,
      provider: 'auto',
      model: 'auto',
      system_prompt: 'Help.',
      role: null,
      backstory: null,
      goal: null,
      prompt_template: null,
      effective_system_prompt: 'Help.',
      tools: [],
      config: {
        max_steps: 10,
        max_tokens: 4096,
        temperature: 0.7,
        timeout_ms: 60_000,
        retry_on_error: true,
        max_retries: 2,
        max_total_tokens: null,
        max_output_bytes: 10_000_000,
        fallbacks: [],
        strategy: 'failover',
        call_timeout_ms: null,
        delegates: [],
        cache_seconds: 0,
        max_concurrent_jobs: 4,
        replies_per_minute: 10,
        budget: null,
        context: ContextPolicy.parse({}),
        approvals: { require: [], data_flow: 'ask', expires_after_ms: 86_400_000 },
      },
      output_schema: null,
      is_public: false,
      api_key_required: true,
      allowed_api_keys: [],
      version: 1,
      updated_by: null,
      created_by: 'local',
      created_at: '2023-11-14T22:13:20.000Z',
      updated_at: '2023-11-14T22:13:20.000Z',
    })
    expect(await getAgent(appOf(), owner, agent.id)).toEqual(agent)
    expect(await getAgent(appOf(), owner, 'helper')).toEqual(agent)
  })

  test('role, backstory and goal make the prompt, by a template that can be changed; the public sees nothing of it', async () => {
    const agent = await create({ system_prompt: undefined, role: 'Cook', goal: 'Nobody is hungry', is_public: true })
    expect(agent.effective_system_prompt).toBe('You are Helper. Your role: Cook\n\nYour goal: Nobody is hungry')
    const changed = await update('helper', {
      role: 'Chef',
      goal: null,
      prompt_template: 'As {{role}}:{{^goal}} no goal.{{/goal}} {{system_prompt}}',
      system_prompt: 'Be brief.',
    })
    expect(changed).toMatchObject({ effective_system_prompt: 'As Chef: no goal. Be brief.', role: 'Chef', goal: null })
    expect((await update('helper', { prompt_template: null })).effective_system_prompt).toBe('You are Helper. Your role: Chef\n\nBe brief.')
    expect(JSON.stringify(await getAgent(appOf(), stranger, agent.id))).not.toMatch(/Chef|brief|prompt|goal/)
    await expect(update('helper', { role: null, system_prompt: '' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'system_prompt' }] })
    await expect(update('helper', { prompt_template: '{{goal}}' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'prompt_template' }] })
    const long = { system_prompt: 'x'.repeat(200_000), prompt_template: '{{system_prompt}}{{system_prompt}}{{system_prompt}}' }
    await expect(update('helper', long)).rejects.toThrow('prompt_template: makes a prompt of more than 500000 characters')
    expect(await getAgent(appOf(), owner, agent.id)).toMatchObject({ role: 'Chef', system_prompt: 'Be brief.' })
  })

  test('a change leaves the rest, also inside config, and a new name moves the slug', async () => {
    const agent = await create({ tools: ['date-utils'], config: { max_steps: 3 }, output_schema: { type: 'object' } })
    clock += 1000
    const changed = await update('helper', { name: 'New Name', config: { temperature: 0 }, is_public: true })
    expect(changed).toEqual({
      ...agent,
      name: 'New Name',
      slug: 'new-name',
      is_public: true,
      config: { ...agent.config, temperature: 0 },
      version: 2,
      updated_by: 'local',
      updated_at: '2023-11-14T22:13:21.000Z',
    })
    await expect(getAgent(appOf(), owner, 'helper')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    expect(await getAgent(appOf(), owner, 'new-name')).toEqual(changed)
    expect(await update(agent.id, { output_schema: null, description: 'x' })).toMatchObject({
      output_schema: null,
      description: 'x',
      tools: ['date-utils'],
    })
  })

  describe('names and slugs are taken', () => {
    test('by the same name, and by another name with the same slug, which is named', async () => {
      await create({ name: 'A!' })
      await expect(create({ name: 'A!' })).rejects.toMatchObject({ code: 'AGENT_NAME_TAKEN', issues: [{ path: 'name' }] })
      const message = "name: the name makes the slug 'a', which agent 'A!' already has"
      await expect(create({ name: 'a' })).rejects.toMatchObject({ code: 'AGENT_SLUG_TAKEN', message, issues: [{ path: 'name' }] })
    })
    test('under a rename, but not by itself', async () => {
      await create({ name: 'One' })
      const two = await create({ name: 'Two' })
      await expect(update(two.id, { name: 'One' })).rejects.toMatchObject({ code: 'AGENT_NAME_TAKEN' })
      await expect(update(two.id, { name: 'one?' })).rejects.toMatchObject({ code: 'AGENT_SLUG_TAKEN' })
      expect(await update(two.id, { name: 'TWO' })).toMatchObject({ name: 'TWO', slug: 'two' })
    })
    test('once in a race', async () => {
      const made = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => create({ name: n % 2 ? 'Race' : 'race' })))
      const codes = made.map((each) => (each.status === 'fulfilled' ? 'ok' : each.reason.code))
      expect(codes.filter((code) => code === 'ok')).toHaveLength(1)
      expect(codes.filter((code) => code !== 'ok').every((code) => /^AGENT_(NAME|SLUG)_TAKEN$/.test(code))).toBe(true)
      await create({ name: 'x' })
      await create({ name: 'y' })
      const renamed = await Promise.allSettled([update('x', { name: 'z' }), update('y', { name: 'z' })])
      expect(renamed.map((each) => (each.status === 'fulfilled' ? 'ok' : each.reason.code)).sort()).toEqual(['AGENT_NAME_TAKEN', 'ok'])
    })
    test('no longer by a deleted agent', async () => {
      const agent = await create()
      expect(await deleteAgent(appOf(), owner, 'helper')).toEqual({ id: agent.id, deleted: true })
      for (const ref of ['helper', agent.id]) await expect(getAgent(appOf(), owner, ref)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
      await expect(deleteAgent(appOf(), owner, agent.id)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
      await expect(update(agent.id, { name: 'x' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
      const again = await create()
      expect(again.id).not.toBe(agent.id)
      const row = await db.read.selectFrom('agents').select('deleted_at').where('id', '=', agent.id).executeTakeFirst()
      expect(row).toEqual({ deleted_at: clock })
    })
  })

  test('what an agent refers to must be there', async () => {
    await expect(create({ tools: ['date-utils', 'x'] })).rejects.toMatchObject({
      code: 'INVALID',
      message: "tools[1]: there is no ForgeHook or tool 'x'; known: date-utils, json-utils",
    })
    await expect(create({ provider: 'none' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'provider' }] })
    await expect(create({ output_schema: { type: 'objekt' } })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'output_schema' }] })
    const agent = await create({ provider: 'lab' })
    await expect(update(agent.id, { tools: ['x'] })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'tools[0]' }] })
    expect(await getAgent(appOf(), owner, agent.id)).toEqual(agent)
  })

  test('text comes back as it was given', async () => {
    const text = `'; drop table agents; -- "ünïcode" 😀 \\ \n\t %_`
    expect(await create({ name: `N ${text}`, system_prompt: text, description: text, allowed_api_keys: [text] })).toMatchObject({
      system_prompt: text,
      description: text,
      allowed_api_keys: [text],
    })
  })

  test('lists are newest first and page on while agents come and go', async () => {
    const made = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) made.push(await create({ name }))
    const first = await listAgents(appOf(), owner, { limit: 2 })
    expect(first.items.map(({ name }) => name)).toEqual(['e', 'd'])
    await create({ name: 'f' })
    await deleteAgent(appOf(), owner, 'd')
    const second = await listAgents(appOf(), owner, { limit: 2, cursor: first.next_cursor! })
    expect(second.items.map(({ name }) => name)).toEqual(['c', 'b'])
    const third = await listAgents(appOf(), owner, { limit: 2, cursor: second.next_cursor! })
    expect(third).toEqual({ items: [made[0]], next_cursor: null })
    await expect(listAgents(appOf(), owner, { limit: 2, cursor: 'rubbish' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      issues: [{ path: 'cursor' }],
    })
  })

  describe('a public caller', () => {
    test('sees public agents only, and of them neither prompt nor keys nor settings', async () => {
      await create({ name: 'Hidden' })
      const { id } = await create({ name: 'Open', is_public: true, system_prompt: 'a secret', allowed_api_keys: ['k'] })
      const seen = { id, name: 'Open', slug: 'open', description: null, provider: 'auto', model: 'auto', tools: [], is_public: true }
      expect(await listAgents(appOf(), stranger, { limit: 50 })).toEqual({ items: [seen], next_cursor: null })
      expect(await getAgent(appOf(), stranger, 'open')).toEqual(seen)
      await expect(getAgent(appOf(), stranger, 'hidden')).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND', message: "there is no agent 'hidden'" })
    })
    test('runs those that need no key', async () => {
      await create({ name: 'Hidden', api_key_required: false })
      await create({ name: 'Keyed', is_public: true })
      await create({ name: 'Free', is_public: true, api_key_required: false })
      const code = (ref: string) =>
        requireRunnableAgent(appOf(), stranger, ref).then(
          () => 'ok',
          (error) => error.code,
        )
      expect(await Promise.all(['hidden', 'keyed', 'free'].map(code))).toEqual(['AGENT_NOT_FOUND', 'UNAUTHORIZED', 'ok'])
      expect(await requireRunnableAgent(appOf(), owner, 'hidden')).toMatchObject({ slug: 'hidden' })
    })
  })
})
