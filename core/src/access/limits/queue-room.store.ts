import { fixed } from '../../storage/prepared.ts'
import type { Db } from '../../storage/database.ts'

/** How many runs wait for a worker; not more than `most` are counted. By the partial index of waiting jobs: 10,000 take about a millisecond. */
export async function countWaiting(db: Db['read'], most: number): Promise<number> {
  const { rows } = await fixed<{ count: number }>`
    select count(*) as count from (select 1 from jobs where status = 'waiting' and name = 'runs.execute' limit ${most}) as waiting`.execute(db)
  return rows[0]?.count ?? 0
}
