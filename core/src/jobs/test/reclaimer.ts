import type { Db, Target } from '../../storage/database.ts'
import { openDatabase } from '../../storage/open-database.ts'
import { sqlQueue } from '../sql-queue.ts'

// A rival process that takes over jobs as soon as it may, until it is asked to report which.
export type Order = { target: Target; lease_ms: number }

const taken: string[] = []
process.on('message', async (message: Order | 'report') => {
  if (message === 'report') return process.send?.(taken)
  const db = await open(message.target)
  const queue = sqlQueue(db, { lease_ms: message.lease_ms })
  const look = async () => {
    taken.push(...(await queue.reclaim()).map((job) => job.id))
    setTimeout(look, 10)
  }
  await look()
  process.send?.('looking')
})

function open(target: Target): Promise<Db> {
  return openDatabase(target.kind === 'sqlite' ? { file: target.file } : { url: target.url })
}
