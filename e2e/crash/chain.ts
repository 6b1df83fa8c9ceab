import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Run } from '@cadre/contract/runs'
import { DecideApproval } from '@cadre/contract/approvals'
import { Manifest } from '@cadre/contract/manifest'
import { CreateBudget, type UsageTotals } from '@cadre/contract/usage'
import { type ChatRequest, type Reply, resultsSoFar } from '@cadre/core/test/model-double'
import { newWorld, owner, type World } from '@cadre/core/test/world'
import type { Order } from './crash-worker.ts'

export const points = [
  'run.enqueueing',
  'run.enqueued',
  'run.claimed',
  'model.before',
  'model.first-token',
  'model.answered',
  'model.after',
  'approval.requested',
  'approval.decided',
  'tool.intent',
  'tool.effect',
  'tool.outcome',
  'run.ending',
  'run.ended',
] as const
/** `asked`: has the effect `once`, and a person approves it. */
const effects = ['read', 'idempotent', 'keyed', 'once', 'asked'] as const
const atOnce = 4

/** The input of a run is its own script: rounds of tool calls that are made in parallel, then an answer. */
type Rounds = (typeof effects)[number][][]

function script(request: ChatRequest): Reply {
  const rounds = JSON.parse(String(contentOf(request))) as Rounds
  let done = resultsSoFar(request).length
  for (const [round, calls] of rounds.entries()) {
    if (done < calls.length) return { calls: calls.map((effect, i) => ({ tool: toolOf(effect), input: { n: round * 10 + i } })) }
    done -= calls.length
  }
  return { text: 'all rounds are done' }
}

function toolOf(effect: (typeof effects)[number]) {
  return effect === 'asked' ? 'asked__once' : `effects__${effect}`
}

function contentOf(request: ChatRequest) {
  const { content } = request.messages.find((message) => message.role === 'user') ?? {}
  return Array.isArray(content) ? (content[0] as { text: string }).text : content
}

function askedHook({ effects: { manifest } }: World): Manifest {
  const endpoints = manifest.endpoints?.filter(({ path }) => path === '/once').map((endpoint) => ({ ...endpoint, approval: 'always' as const }))
  return Manifest.parse({ ...manifest, id: 'asked', endpoints })
}

export type ChainResult = {
  runs: Run[]
  kills: Record<string, number>
  ordered: number
  world: World
  again: Map<string, number>
  spending: { spent: number; reserved: number; usage: UsageTotals }
}

/**
 * One data folder, one process that is killed again and again at named points while runs are ordered, until it was killed `kills`
 * times; then everything is brought to its end. What is uncertain is settled from here, by another process, as a person would.
 */
export async function runChain(options: { kills: number; random: () => number; database_url: string | null; offset: number }): Promise<ChainResult> {
  const { random } = options
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T
  const world = await newWorld({ script, work: false, database_url: options.database_url })
  await world.api.plugins.add(owner, askedHook(world))
  const agent = await world.agent({ tools: ['effects', 'asked'], config: { max_steps: 50 } })
  // Never in the way: what every call holds and spends is seen in it.
  const everyone = CreateBudget.parse({ scope: 'global', period: 'total', unit: 'tokens', limit: 1_000_000_000 })
  await world.api.budgets.create(owner, everyone)
  const orders = new Map<string, Order & { run_id?: string }>()
  const again = new Map<string, number>()
  const killed: Record<string, number> = {}
  let ordered = 0
  let kills = 0
  let sitting: Promise<void> = Promise.resolve()

  const newOrder = () => {
    const rounds = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      Array.from({ length: 1 + Math.floor(random() * 2) }, () => pick(effects)),
    )
    const order = { key: `order-${++ordered}`, agent: agent.id, input: JSON.stringify(rounds), stream: random() < 0.5 }
    orders.set(order.key, order)
  }
  // As the caller of an API would: until it is told the run's id, it sends the same order with the same key.
  const send = (child: ChildProcess) => {
    for (const { run_id, ...order } of orders.values()) if (run_id === undefined && child.connected) child.send(order, () => {})
  }
  const openRuns = async () => {
    const open = []
    for (const { run_id } of orders.values()) {
      if (run_id === undefined) continue
      const run = await world.api.runs.get(owner, { runId: run_id })
      if (run.completed_at === null) open.push(run)
    }
    return open
  }
  const settleUncertain = async (run: Run) => {
    const step = run.steps.find((each) => each.status === 'uncertain')
    if (run.waiting?.for !== 'uncertain' || !step) return
    const outcome = pick(['happened', 'did_not_happen', 'run_again'] as const)
    const output = outcome === 'happened' ? { output: { settled: true } } : {}
    await world.api.runs.resolve(owner, { runId: run.run_id, step: step.step, outcome, ...output })
    const key = `${run.run_id}:${step.step}`
    if (outcome === 'run_again') again.set(key, (again.get(key) ?? 0) + 1)
    if (outcome === 'happened') again.set(`happened ${key}`, 1)
  }

  // As a person who sees a list and clicks: some questions are answered while their run is being killed.
  const decide = async () => {
    for (const { id, input } of (await world.api.approvals.list(owner, { status: 'pending', limit: 200 })).items) {
      const answer = pick(['approve', 'reject', 'edit'] as const)
      const edited = answer === 'edit' ? { input: { n: Number(input['n']) + 1_000 } } : {}
      const decision = DecideApproval.parse({ decision: answer === 'reject' ? 'reject' : 'approve', ...edited })
      await world.api.approvals.decide(owner, { id, ...decision })
    }
  }

  for (;;) {
    const last = kills >= options.kills
    const point = points[(options.offset + kills) % points.length] as string
    const child = fork(fileURLToPath(new URL('./crash-worker.ts', import.meta.url)), {
      env: {
        ...process.env,
        CADRE_DATA_DIR: world.data,
        MODEL_URL: world.model.url,
        ...(options.database_url ? { DATABASE_URL: options.database_url } : {}),
        ...(last ? {} : { CRASH_AT: `${point}:${1 + Math.floor(random() * 4)}` }),
      },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const exited = once(child, 'exit')
    let over = false
    void exited.then(() => (over = true))
    child.on('message', (message: 'ready' | { key: string; run_id?: string; error?: string }) => {
      if (message === 'ready') return
      const order = orders.get(message.key)
      if (message.error) throw new Error(`order ${message.key}: ${message.error}`)
      if (order && message.run_id) order.run_id = message.run_id
    })
    await Promise.race([once(child, 'message'), exited])
    while (!over) {
      const open = await openRuns()
      const unsent = [...orders.values()].filter((order) => order.run_id === undefined).length
      if (last && open.length === 0 && unsent === 0) break
      if (!last) for (let i = open.length + unsent; i < atOnce; i++) newOrder()
      send(child)
      for (const run of open) await settleUncertain(run)
      await decide()
      sitting = new Promise((resolve) => setTimeout(resolve, 25)) // the child works meanwhile; it is asked again, not trusted to be fast
      await Promise.race([sitting, exited])
    }
    if (last) {
      child.kill('SIGTERM')
      await exited
      break
    }
    kills++
    killed[point] = (killed[point] ?? 0) + 1
  }
  const { items } = await world.api.runs.list(owner, { limit: 200 })
  const ids = [...new Set([...orders.values()].map((order) => order.run_id as string))]
  const runs = await Promise.all(ids.map((runId) => world.api.runs.get(owner, { runId })))
  if (items.length < Math.min(200, ids.length)) throw new Error('the list shows fewer runs than there are')
  const [budget] = (await world.api.budgets.list(owner)).items
  const { totals } = await world.api.usage.get(owner, { limit: 1 })
  return { runs, kills: killed, ordered, world, again, spending: { spent: budget?.spent ?? -1, reserved: budget?.reserved ?? -1, usage: totals } }
}
