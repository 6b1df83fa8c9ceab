import type { Target } from '../../storage/database.ts'
import { openDatabase } from '../../storage/open-database.ts'
import { sqlQueue } from '../sql-queue.ts'
import { startWorker } from '../worker.ts'

// A process that takes a job, tells which, and never ends it.
const silent = () => {}

process.on('message', async (target: Target) => {
  const db = await openDatabase(target.kind === 'sqlite' ? { file: target.file } : { url: target.url })
  const mail = async (lease: { job_id: string }) => {
    process.send?.(lease.job_id)
    await new Promise(silent)
  }
  await startWorker({ db, queue: sqlQueue(db), handlers: { mail }, concurrency: 1, log: { info: silent, warn: silent, error: silent } })
})
