import { CreateBudget, GetUsage } from '@cadre/contract/usage'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { Db } from '../storage/database.ts'
import { openDatabase } from '../storage/open-database.ts'
import { databases } from '../storage/test/databases.ts'
import type { SpendRun } from './applicable.ts'
import { createBudget, listBudgets } from './budgets.ts'
import { getUsage } from './get-usage.ts'
import { freeExpired, releaseRun } from './reserve.ts'
import { beginSpend } from './spend.ts'
import { aRun, asking, owner, took, usageApp } from './test/usage-app.ts'

const runs = 200
const callsOfRun = 5
const cap = { global: 30_000, agent: 12_000, user: 0.025 }

/** The database itself refuses, at any moment and to anyone, a counter above its cap: then some write of the test throws. */
async function forbidMoreThan(db: Db, caps: Record<string, number>) {
  const cases = Object.entries(caps).map(([id, most]) => `when '${id}' then ${most}`)
  const limit = `case budget_id ${cases.join(' ')} else 400 end`
  await db.write(async (trx) => {
    if (db.kind === 'postgres') {
      await sql.raw(`alter table budget_counters add check (spent >= 0 and reserved >= 0 and spent + reserved <= ${limit})`).execute(trx)
      return
    }
    const wrong = `new.spent < 0 or new.reserved < 0 or new.spent + new.reserved > ${limit.replace('budget_id', 'new.budget_id')}`
    for (const change of ['insert', 'update'])
      await sql
        .raw(`create trigger cap_${change} before ${change} on budget_counters when ${wrong} begin select raise(abort, 'above the cap'); end`)
        .execute(trx)
  })
}

function randomFrom(seed: number) {
  return (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
}

describe.each(databases)('200 runs at once on $name', ({ empty }) => {
  test('no interleaving passes a cap, crashes included, and what was freed can be used again', { timeout: 120_000 }, async () => {
    const db = await empty()
    const second = await openDatabase(db.target.kind === 'sqlite' ? { file: db.target.file } : { url: db.target.url })
    const prices = [{ provider: 'lab', model: 'm', input: 1, output: 1 }]
    // Two processes: each knows what it knows, and only the database is shared.
    const apps = [usageApp(db, { prices }), usageApp(second, { prices })] as const
    const budget = async (input: z.input<typeof CreateBudget>) => (await createBudget(apps[0], owner, CreateBudget.parse(input), async (id) => id)).id
    const ids = {
      global: await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: cap.global }),
      agent: await budget({ scope: 'agent', period: 'total', unit: 'tokens', limit: cap.agent }),
      user: await budget({ scope: 'user', scope_id: 'ann', period: 'total', unit: 'usd', limit: cap.user }),
    }
    await forbidMoreThan(db, { [ids.global]: cap.global, [ids.agent]: cap.agent, [ids.user]: cap.user * 1e6 })

    const random = randomFrom(20_260_305)
    const crashed: SpendRun[] = []
    const counts = { settled: 0, refused: 0, crashed: 0, failed: 0, tokens: 0 }
    const oneRun = async (n: number) => {
      const app = apps[n % 2 === 0 ? 0 : 1]
      const run = aRun({ agent_id: `agt_${n % 3}`, user_id: n % 4 === 0 ? 'ann' : 'bob', budget: { tokens: 400 } })
      for (let call = 1; call <= callsOfRun; call++) {
        const worst = 20 + random(130)
        const spend = await beginSpend(app, run, asking(worst, { call }))
        if ('refused' in spend) {
          counts.refused++
          continue
        }
        const fate = random(10)
        if (fate === 0) {
          counts.crashed++
          crashed.push(run)
          if (random(2) === 0) await app.db.write((trx) => releaseRun(trx, run.id)) // taken up again at once
        } else if (fate === 1) {
          counts.failed++
          await spend.release()
        } else {
          const actual = random(worst + 1)
          counts.settled++
          counts.tokens += actual
          await spend.settleAlone(took(actual))
        }
      }
    }
    await Promise.all(Array.from({ length: runs }, (_, n) => oneRun(n)))
    expect(counts.settled).toBeGreaterThan(100)
    expect(counts.refused).toBeGreaterThan(10)
    expect(counts.crashed).toBeGreaterThan(10)

    // Half of what crashed is taken up again, the rest expires.
    for (const run of crashed.slice(0, crashed.length / 2)) await db.write((trx) => releaseRun(trx, run.id))
    await freeExpired(second, Date.now() + 3_600_001)
    const [global] = (await listBudgets(apps[1], owner)).items
    expect(global).toMatchObject({ spent: counts.tokens, reserved: 0, left: cap.global - counts.tokens })
    expect(await db.read.selectFrom('budget_reservations').selectAll().execute()).toEqual([])
    const { totals } = await getUsage({ db }, owner, GetUsage.parse({}))
    expect(totals).toMatchObject({ calls: counts.settled, cost: counts.tokens / 1e6 })
    expect(totals.tokens_input + totals.tokens_output).toBe(counts.tokens)

    // To the last token, and not one more.
    const left = cap.global - counts.tokens
    const last = aRun({ agent_id: 'agt_fresh' })
    for (let rest = left, call = 1; rest > 0; call++) {
      const part = Math.min(rest, cap.agent)
      const spend = await beginSpend(apps[call % 2 === 0 ? 0 : 1], { ...last, agent_id: `agt_fresh${call}` }, asking(part, { call }))
      if ('refused' in spend) throw new Error(spend.refused.message)
      await spend.settleAlone(took(part))
      rest -= part
    }
    expect(await beginSpend(apps[0], { ...last, agent_id: 'agt_fresh9' }, asking(1, { call: 99 }))).toHaveProperty('refused')
    await second.close()
    await db.close()
  })
})
