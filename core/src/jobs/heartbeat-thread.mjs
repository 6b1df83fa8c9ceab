import { setInterval } from 'node:timers'
import { parentPort, workerData } from 'node:worker_threads'

// Runs in a thread of its own with a connection of its own: whatever blocks the main thread, the worker's row is renewed. The row is
// the lease of all its jobs. Plain JavaScript with few imports: a thread loads everything anew, and TypeScript alone would take 11 MB
// (measured: 19 MB with this file, 30 MB as .ts).

/**
 * @typedef {object} Row
 * @property {() => Promise<void>} insert
 * @property {() => Promise<boolean>} renew false when the row is gone
 * @property {() => Promise<void>} remove
 */

/** @type {import('./heartbeat.ts').HeartbeatData} */
const { target, clock, every_ms, worker } = workerData
const columns = 'id, kind, host, pid, started_at, heartbeat_at'
const values = [worker.id, worker.kind, worker.host, worker.pid, worker.started_at]
const port = parentPort
if (!port) throw new Error('heartbeat-thread.mjs runs as a worker thread')
/** @param {import('./heartbeat.ts').HeartbeatMessage} message */
const say = (message) => port.postMessage(message)

const row = target.kind === 'sqlite' ? await sqliteRow(target.file) : await postgresRow(target.url)
await row.insert()
say({ type: 'ready' })

let busy = false
const timer = setInterval(async () => {
  if (busy) return
  busy = true
  try {
    if (!(await row.renew())) {
      clearInterval(timer)
      say({ type: 'lost' })
    }
  } catch (error) {
    say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) })
  } finally {
    busy = false
  }
}, every_ms)

port.once('message', async () => {
  clearInterval(timer)
  try {
    await row.remove()
  } catch (error) {
    say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
  say({ type: 'stopped' })
  port.close()
})

/** @param {string} file @returns {Promise<Row>} */
async function sqliteRow(file) {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file, { timeout: 5000 })
  // NORMAL: a heartbeat that a power cut takes back hurts nobody, so it costs no fsync.
  db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -200')
  const renew = db.prepare(`update workers set heartbeat_at = ${clock} where id = ?`)
  return {
    async insert() {
      db.prepare(`insert into workers (${columns}) values (?, ?, ?, ?, ?, ${clock})`).run(...values)
    },
    renew: async () => Number(renew.run(worker.id).changes) > 0,
    async remove() {
      db.prepare('delete from workers where id = ?').run(worker.id)
      db.close()
    },
  }
}

/** @param {string} url @returns {Promise<Row>} */
async function postgresRow(url) {
  const { default: pg } = await import('pg')
  /** @type {Promise<import('pg').Client> | undefined} */
  let connected
  const connect = async () => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'cadre heartbeat',
      connectionTimeoutMillis: 2000,
      query_timeout: 2000,
      keepAlive: true,
    })
    client.on('error', () => (connected = undefined)) // broken while idle: the next beat makes a new one, and tells if it cannot
    await client.connect()
    return client
  }
  /** @param {string} text @param {unknown[]} parameters */
  const query = async (text, parameters) => {
    connected ??= connect()
    try {
      return await (await connected).query(text, parameters)
    } catch (error) {
      const broken = connected
      connected = undefined
      broken?.then((client) => client.end()).catch(() => {}) // the error that counts is thrown below
      throw error
    }
  }
  return {
    async insert() {
      await query(`insert into workers (${columns}) values ($1, $2, $3, $4, $5, ${clock})`, values)
    },
    renew: async () => ((await query(`update workers set heartbeat_at = ${clock} where id = $1`, [worker.id])).rowCount ?? 0) > 0,
    async remove() {
      await query('delete from workers where id = $1', [worker.id])
      await (await connected)?.end()
    },
  }
}
