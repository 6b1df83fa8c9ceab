import { Agent } from 'node:http'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { postJson } from './post-json.ts'

/** So many messages in an even stream over `over_ms`, to these conversations in turn. Nobody waits for the answer to one before the next is sent. */
export type Flood = { url: string; rooms: string[]; messages: number; over_ms: number }
export type Flooded = {
  accepted: string[]
  /** How often each other status came, and how often without saying when to try again. */
  refused: Record<string, number>
  mute: number
  took_ms: number
}

/** Runs in a thread of its own, so that the one who asks does not slow the one who measures. */
export function flood(options: Flood): Promise<Flooded> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options })
    worker.on('message', resolve).on('error', reject)
  })
}

async function run({ url, rooms, messages, over_ms }: Flood): Promise<Flooded> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const flooded: Flooded = { accepted: [], refused: {}, mute: 0, took_ms: 0 }
  const start = performance.now()
  const sending: Promise<void>[] = []
  while (sending.length < messages) {
    const due = Math.min(messages, Math.ceil((messages * (performance.now() - start)) / over_ms))
    while (sending.length < due) sending.push(send(sending.length))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(sending)
  flooded.took_ms = performance.now() - start
  agent.destroy()
  return flooded

  async function send(i: number) {
    const path = `/api/v1/conversations/${rooms[i % rooms.length]}/messages`
    const { status, retry_after, text } = await postJson(agent, url + path, { content: `message ${i}` })
    if (status < 300) return void flooded.accepted.push((JSON.parse(text) as { data: { id: string } }).data.id)
    flooded.refused[status] = (flooded.refused[status] ?? 0) + 1
    if (retry_after === undefined) flooded.mute += 1
  }
}

if (parentPort) parentPort.postMessage(await run(workerData as Flood))
