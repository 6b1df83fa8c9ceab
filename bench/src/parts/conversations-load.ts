import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { flood } from '../flood.ts'
import { startDouble } from '../job.ts'
import { cpuTime } from '../machine.ts'
import { type Figure, ms, printTable } from '../report.ts'
import { roomLoad } from '../room-load.ts'

const debounceMs = 2_000
const modelMs = 2_000

/** What Cadre adds to a model that streams for 2 s, beyond the debounce, with so many conversations at once. */
export async function turns(): Promise<Figure[]> {
  const world = await startWorld('s2000')
  const cases = [
    { name: '100 in one moment', rooms: 100, over_ms: 0 },
    { name: '1,000 over 10 s', rooms: 1_000, over_ms: 10_000 },
    { name: '1,000 in one moment', rooms: 1_000, over_ms: 0 },
  ]
  const rooms = await world.rooms(1_000)
  // The first replies compile what all others run.
  await roomLoad({ url: world.server.url, rooms: rooms.slice(0, 200), over_ms: 0, patience_ms: 60_000 })
  const rows = []
  for (const { name, rooms: count, over_ms } of cases) {
    const before = cpuTime(world.server.pid)
    const { first, replied, refused } = await roomLoad({ url: world.server.url, rooms: rooms.slice(0, count), over_ms, patience_ms: 120_000 })
    const cpu = (cpuTime(world.server.pid) - before) / count
    const over = replied.map((took) => took - debounceMs - modelMs).toSorted((a, b) => a - b)
    const firstWord = first.map((took) => took - debounceMs - modelMs / 20).toSorted((a, b) => a - b)
    rows.push({
      name,
      count,
      unanswered: count - replied.length,
      refused: refused.length,
      p50: at(over, 0.5),
      p95: at(over, 0.95),
      first: at(firstWord, 0.95),
      cpu,
    })
  }
  await world.end()
  printTable(
    ['conversations', 'unanswered', 'reply p50', 'reply p95', 'first word p95', 'CPU each', 'p95, of all CPU'],
    rows.map(({ name, count, unanswered, p50, p95, first, cpu }) => [
      name,
      String(unanswered),
      ms(p50),
      ms(p95),
      ms(first),
      ms(cpu),
      (p95 / (cpu * count)).toFixed(2),
    ]),
  )
  return rows.flatMap(({ name, p95, unanswered, cpu }) => [
    {
      name: `${name}: reply p95 over the model`,
      value: `${ms(p95)} (${(p95 / cpu).toFixed(0)} times the CPU of one)`,
      target: '< 250 ms',
      reached: p95 < 250,
    },
    { name: `${name}: unanswered`, value: String(unanswered), target: '0', reached: unanswered === 0 },
  ])
}

/** More messages than one process can answer as they come: each is there and answered, or was refused with a time to come back. */
export async function floods(): Promise<Figure[]> {
  const messages = 10_000
  const figures: Figure[] = []
  for (const limits of ['off', 'on'] as const) {
    const world = await startWorld('text', limits)
    const rooms = await world.rooms(500)
    const { accepted, refused, mute, took_ms } = await flood({ url: world.server.url, rooms, messages, over_ms: 10_000 })
    const { lost, unanswered } = await world.settled(accepted)
    await world.end()
    const others = Object.entries(refused).map(([status, count]) => `${count} times ${status}`)
    const name = `${messages.toLocaleString('en')} messages in 10 s, limits ${limits}`
    figures.push(
      { name, value: [`${accepted.length} accepted in ${(took_ms / 1000).toFixed(1)} s`, ...others].join(', ') },
      {
        name: `${name}: lost, unanswered, refused without Retry-After`,
        value: `${lost}, ${unanswered}, ${mute}`,
        target: '0',
        reached: lost + unanswered + mute === 0,
      },
    )
  }
  return figures
}

const at = (sorted: number[], q: number) => sorted[Math.floor(q * (sorted.length - 1))] ?? NaN

/** A server with one agent whose model is the double's, and conversations with it. */
async function startWorld(variant: string, limits: 'on' | 'off' = 'off') {
  const folder = temporaryFolder('bench')
  const double = await startDouble()
  let server: ServerProcess = await startCadre(folder.path)
  await api(server.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: `${double.url}/${variant}/v1`, api_key: 'none' })
  const config = { max_concurrent_jobs: 100_000, replies_per_minute: 100_000 }
  const fields = { name: 'A', provider: 'double', model: 'double', system_prompt: 'You help.', tools: [], config }
  const agent = await api<{ id: string }>(server.url, 'POST', '/agents', fields)
  const begin = async () => {
    const participants = [{ kind: 'agent', id: agent.id }]
    return (await api<{ id: string }>(server.url, 'POST', '/conversations', { kind: 'group', participants })).id
  }
  return {
    get server() {
      return server
    },
    async rooms(count: number) {
      const ids: string[] = []
      while (ids.length < count) ids.push(...(await Promise.all(Array.from({ length: Math.min(20, count - ids.length) }, begin))))
      if (limits === 'off') return ids
      await server.stop()
      server = await startCadre(folder.path, { CADRE_RATE_LIMIT: undefined })
      return ids
    },
    /** When nothing waits for an answer any more: how many of these messages are not there, and how many were not answered. */
    async settled(accepted: string[]) {
      const db = new DatabaseSync(join(folder.path, 'cadre.db'), { readOnly: true, timeout: 5000 })
      const open = db.prepare(`select count(*) as n from message_jobs where status in ('waiting', 'responding')`)
      for (let tries = 0; tries < 120 && Number(open.get()?.n) > 0; tries++) await delay(500)
      const there = new Set(
        db
          .prepare('select id from messages')
          .all()
          .map(({ id }) => id),
      )
      const answered = new Set(
        db
          .prepare(`select message_id from message_jobs where status = 'answered'`)
          .all()
          .map(({ message_id }) => message_id),
      )
      db.close()
      return { lost: accepted.filter((id) => !there.has(id)).length, unanswered: accepted.filter((id) => !answered.has(id)).length }
    },
    async end() {
      await server.stop()
      await double.stop()
      folder.remove()
    },
  }
}
