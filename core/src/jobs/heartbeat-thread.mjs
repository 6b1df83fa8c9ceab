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
/** SQLite looks for a free lock after 1, 3, 8 and 18 ms, later only ten times a second. */
const tryMs = 20
const patienceMs = 5000
const columns = 'id, kind, host, pid, started_at, heartbeat_at'
const values = [worker.id, worker.kind, worker.host, worker.pid, worker.started_at]
const port = parentPort
if (!port) throw new Error('heartbeat-thread.mjs runs as a worker thread')
/** @param {import('./heartbeat.ts').HeartbeatMessage} message */
const say = (message) => port.postMessage(message)

const row = target.kind === 'sqlite' ? await sqliteRow(target) : await postgresRow(target.url)
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

/** @param {Extract<import('../storage/database.ts').Target, { kind: 'sqlite' }>} target @returns {Promise<Row>} */
async function sqliteRow({ file, cipher }) {
  const db = cipher ? (await import('../storage/open-sqlite.ts')).openSqlite(file, cipher) : await plainFile(file)
  // NORMAL: a heartbeat that a power cut takes back hurts nobody, so it costs no fsync.
  db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma temp_store = memory; pragma cache_size = -200')
  db.exec(`pragma busy_timeout = ${tryMs}`)
  const renew = db.prepare(`update workers set heartbeat_at = ${clock} where id = ?`)
  return {
    async insert() {
      const insert = db.prepare(`insert into workers (${columns}) values (?, ?, ?, ?, ?, ${clock})`)
      whenFree(() => insert.run(values))
    },
    renew: async () => Number(whenFree(() => renew.run([worker.id])).changes) > 0,
    async remove() {
      const remove = db.prepare('delete from workers where id = ?')
      whenFree(() => remove.run([worker.id]))
      db.close()
    },
  }
}

/**
 * While the server writes one group of transactions after the other, the lock is free for a moment in between. Who looks ten times a second
 * misses that for seconds: with 1,000 conversations at once a heartbeat came too late, and another process could take all jobs for lost.
 * @template T @param {() => T} write
 * @returns {T}
 */
function whenFree(write) {
  const until = Date.now() + patienceMs
  for (;;) {
    try {
      return write()
    } catch (error) {
      const isBusy = (Number(/** @type {{ errcode?: unknown }} */ (error).errcode) & 0xff) === 5
      if (!isBusy || Date.now() >= until) throw error
    }
  }
}

/** What open-sqlite.ts gives of a file that is not encrypted, without its TypeScript. @param {string} file */
async function plainFile(file) {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file, { timeout: 5000 })
  return {
    exec: db.exec.bind(db),
    close: db.close.bind(db),
    /** @param {string} sql */
    prepare(sql) {
      const statement = db.prepare(sql)
      return { /** @param {import('node:sqlite').SQLInputValue[]} given */ run: (given) => statement.run(...given) }
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
