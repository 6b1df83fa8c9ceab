import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { CreateConversation } from '@cadre/contract/conversations'
import type { ChatRequest } from '@cadre/core/test/model-double'
import { newWorld, owner, type World } from '@cadre/core/test/world'
import type { Saying } from './talk-worker.ts'

export const talkPoints = [
  'message.storing',
  'message.stored',
  'turn.taken',
  'turn.planned',
  'turn.linking',
  'turn.begun',
  'turn.steering',
  'turn.steered',
  'run.enqueued',
  'run.claimed',
  'model.before',
  'model.first-token',
  'model.answered',
  'run.ending',
  'turn.ending',
  'run.ended',
] as const
const unansweredAtOnce = 6

/** How many tools an agent that has some calls before it answers: between two of them there is time to say something more. */
const callsFirst = 3

/**
 * The model says back what it was asked since it last answered, so that each message can be found in the one answer that it must have:
 * also what was said while it called tools.
 */
function script({ messages, tools }: ChatRequest) {
  const since = messages.slice(messages.findLastIndex(({ role, tool_calls }) => role === 'assistant' && !tool_calls) + 1)
  const called = since.filter(({ role }) => role === 'tool').length
  if (tools?.length && called < callsFirst) return { calls: [{ tool: 'calculator__calculate', input: { expression: `${called}+1` } }], delay_ms: 15 }
  const asked = since.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : []))
  return { text: `heard: ${asked.join(' ')}` }
}

const textOf = (content: unknown) => (Array.isArray(content) ? (content[0] as { text: string }).text : String(content))

export type TalkResult = {
  world: World
  kills: Record<string, number>
  said: string[]
  /** How many of them were put into work that had begun. */
  added: number
  /** How often a run that was taken up again asked something else than before. */
  differing: number
  answers: { content: string; run_id: string | null; status: string }[]
  links: { status: string }[]
  agents: { status: string; waits: boolean }[]
}

/** One agent alone, twice; two together; one that uses tools, into whose work one may speak. */
function roomOf(i: number): [[number, number], 'dm' | 'group', object] {
  if (i < 2) return [[i, i + 1], 'dm', {}]
  return i === 2 ? [[0, 2], 'group', {}] : [[2, 3], 'dm', { turns: 'steer' }]
}

/** Rooms in which people talk while the process that answers them is killed `kills` times; then everything is brought to its end. */
export async function runTalk(options: { kills: number; random: () => number; database_url: string | null; offset: number }): Promise<TalkResult> {
  const { random } = options
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T
  const world = await newWorld({ script, work: false, database_url: options.database_url })
  const config = { max_concurrent_jobs: 2, replies_per_minute: 1_000_000 }
  const agents = [
    await world.agent({ tools: [], config }),
    await world.agent({ tools: [], config }),
    await world.agent({ tools: ['calculator'], config }),
  ]
  const rooms: string[] = []
  for (const [i, debounce_ms] of [0, 20, 60, 0].entries()) {
    const [who, kind, policy] = roomOf(i)
    const participants = agents.slice(...who).map(({ id }) => ({ kind: 'agent' as const, id }))
    const input = CreateConversation.parse({ kind, participants, policy: { debounce_ms, ...policy } })
    rooms.push((await world.api.conversations.create(owner, input)).id)
  }
  // Where one may speak into the work, more is said.
  const weighted = [...rooms, ...rooms.slice(3), ...rooms.slice(3)]
  const said = new Map<string, Saying & { stored: boolean }>()
  const killed: Record<string, number> = {}
  let kills = 0

  // As a page would: until it is told that a message is stored, it sends it again with the same key.
  const send = (child: ChildProcess) => {
    for (const { stored, ...saying } of said.values()) if (!stored && child.connected) child.send(saying, () => {})
  }
  const openLinks = async () => {
    const query = world.app.db.read.selectFrom('message_jobs').select('message_id').where('status', 'in', ['waiting', 'responding'])
    return (await query.execute()).length
  }

  for (;;) {
    const last = kills >= options.kills
    const point = talkPoints[(options.offset + kills) % talkPoints.length] as string
    const child = fork(fileURLToPath(new URL('./talk-worker.ts', import.meta.url)), {
      env: {
        ...process.env,
        CADRE_DATA_DIR: world.data,
        MODEL_URL: world.model.url,
        ...(options.database_url ? { DATABASE_URL: options.database_url } : {}),
        // A run is claimed only where it was left behind, which is once or twice in the life of a process.
        ...(last ? {} : { CRASH_AT: `${point}:${point === 'run.claimed' ? 1 : 1 + Math.floor(random() * 4)}` }),
      },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const exited = once(child, 'exit')
    let over = false
    void exited.then(() => (over = true))
    child.on('message', (message: 'ready' | { content: string; error?: string }) => {
      if (message === 'ready') return
      if (message.error) throw new Error(`${message.content}: ${message.error}`)
      const saying = said.get(message.content)
      if (saying) saying.stored = true
    })
    await Promise.race([once(child, 'message'), exited])
    let looks = 0
    while (!over) {
      const open = await openLinks()
      const unsent = [...said.values()].filter(({ stored }) => !stored).length
      if (last && open === 0 && unsent === 0) break
      // A point that this process does not come to is left for the next one.
      if (!last && ++looks > 200) child.kill('SIGKILL')
      if (!last)
        for (let i = open + unsent; i < unansweredAtOnce; i++) {
          const content = `message-${said.size + 1}.`
          said.set(content, { room: pick(weighted), content, stored: false })
        }
      send(child)
      const sitting = new Promise((resolve) => setTimeout(resolve, 25)) // the child works meanwhile; it is asked again, not trusted to be fast
      await Promise.race([sitting, exited])
    }
    if (last) {
      child.kill('SIGTERM')
      await exited
      break
    }
    kills++
    killed[looks > 200 ? 'anywhere' : point] = (killed[looks > 200 ? 'anywhere' : point] ?? 0) + 1
  }
  const db = world.app.db.read
  const answers = await db.selectFrom('messages').select(['content', 'run_id', 'status']).where('author_kind', '=', 'agent').execute()
  const links = await db.selectFrom('message_jobs').select('status').execute()
  const { length: added } = await db.selectFrom('run_events').select('seq').where('type', '=', 'input.added').execute()
  const warnings = await db.selectFrom('run_events').select('data').where('type', '=', 'run.warning').execute()
  const differing = warnings.filter(({ data }) => data.includes('REPLAY_DIFFERS')).length
  const shown = []
  for (const conversationId of rooms) shown.push(...(await world.api.conversations.agents(owner, { conversationId })).items)
  return { world, kills: killed, said: [...said.keys()], added, differing, answers, links, agents: shown }
}
