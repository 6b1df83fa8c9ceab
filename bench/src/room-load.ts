import { Agent } from 'node:http'
import { connect } from 'node:net'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { postJson } from './post-json.ts'

/** One message to each conversation, in an even stream over `over_ms`, with a window open on each; waits until every one has its reply. */
export type RoomLoad = { url: string; rooms: string[]; over_ms: number; patience_ms: number }
/** Milliseconds from when a message was stored until its first word and its reply were in the window; those that came. */
export type Answered = { first: number[]; replied: number[]; sent_ms: number; refused: string[] }

/** Runs in a thread of its own, so that the one who asks does not slow the one who measures. */
export function roomLoad(options: RoomLoad): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options })
    worker.on('message', resolve).on('error', reject)
  })
}

type Room = { id: string; stored: number; first: number; replied: number }

async function run({ url, rooms: ids, over_ms, patience_ms }: RoomLoad): Promise<Answered> {
  const rooms = ids.map((id): Room => ({ id, stored: NaN, first: NaN, replied: NaN }))
  const all = Promise.withResolvers<void>()
  let left = rooms.length
  const onReply = () => {
    left -= 1
    if (left === 0) all.resolve()
  }
  const windows = []
  for (let i = 0; i < rooms.length; i += 50)
    windows.push(...(await Promise.all(rooms.slice(i, i + 50).map((room) => openWindow(url, room, onReply)))))
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const refused: string[] = []
  const start = performance.now()
  await Promise.all(
    rooms.map(async (room, i) => {
      if (over_ms > 0) await new Promise((resolve) => setTimeout(resolve, (over_ms * i) / rooms.length))
      const { status, text } = await postJson(agent, `${url}/api/v1/conversations/${room.id}/messages`, { content: 'hello' })
      if (status >= 300) refused.push(`${status} ${text.slice(0, 300)}`)
      else room.stored = Date.parse((JSON.parse(text) as { data: { created_at: string } }).data.created_at)
    }),
  )
  const sent_ms = performance.now() - start
  const timer = setTimeout(all.resolve, patience_ms)
  await all.promise
  clearTimeout(timer)
  for (const window of windows) window.destroy()
  agent.destroy()
  const since = (at: (room: Room) => number) => rooms.map((room) => at(room) - room.stored).filter((each) => !Number.isNaN(each))
  return { first: since((room) => room.first), replied: since((room) => room.replied), sent_ms, refused }
}

/** Over a bare socket, and what came is only looked through: whoever measures costs as little as it can. */
function openWindow(url: string, room: Room, onReply: () => void) {
  const { hostname, port } = new URL(url)
  return new Promise<ReturnType<typeof connect>>((resolve, reject) => {
    const asked = `GET /api/v1/conversations/${room.id}/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`
    const socket = connect(Number(port), hostname, () => socket.write(asked))
    socket.setEncoding('latin1').on('error', reject)
    socket.on('data', (chunk) => {
      const text = String(chunk)
      if (text.startsWith('HTTP/')) return text.startsWith('HTTP/1.1 200') ? resolve(socket) : reject(new Error(text.slice(0, 200)))
      if (Number.isNaN(room.first) && text.includes('"message.delta"')) room.first = Date.now()
      if (!Number.isNaN(room.replied) || !text.includes('"agent.responded"')) return
      room.replied = Date.now()
      onReply()
    })
  })
}

if (parentPort) parentPort.postMessage(await run(workerData as RoomLoad))
