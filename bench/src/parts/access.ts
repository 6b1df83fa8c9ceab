import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { systemActor } from '@cadre/core/access/actor'
import { noCredential } from '@cadre/core/access/identity'
import { createKey } from '@cadre/core/access/keys/keys'
import { openAccess } from '@cadre/core/access/open-access'
import { authorize, type EndpointName, policies } from '@cadre/core/access/policies'
import { loadConfig } from '@cadre/core/config'
import { newId } from '@cadre/core/storage/ids'
import { openDatabase } from '@cadre/core/storage/open-database'
import { temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { type Figure, median, ms, printTable } from '../report.ts'

const keyTarget = 50
const policyTarget = 20
const us = (microseconds: number) => `${microseconds < 10 ? microseconds.toFixed(2) : microseconds.toFixed(0)} us`

/** What a request pays to be known and allowed: a key that was seen within two seconds, one that was not, a wrong one; a policy; a password. */
export async function access(): Promise<Figure[]> {
  const folder = temporaryFolder('bench')
  const config = loadConfig({ env: { CADRE_DATA_DIR: mkdtempSync(join(folder.path, 'data-')), CADRE_API_KEY: 'bench' }, cwd: folder.path })
  const db = await openDatabase({ file: join(folder.path, 'cadre.db') })
  const parts = { db, config, now: Date.now, newId, log: { warn() {}, error() {} } as never }
  const known = openAccess(parts, fetch)
  const app = { ...parts, access: known }
  const owner = { ...systemActor, kind: 'user' as const, id: 'local', user_id: 'local', role: 'owner' as const }
  const { key } = await createKey(app, owner, { name: 'bench', scopes: null, agents: null, expires_at: null }, noCredential)
  const from = { ip: '127.0.0.1', user_agent: 'bench', request_id: null }
  const resolve = () => known.resolve({ keys: [key], session: null }, from)
  const { actor } = await resolve()

  const warm = await each(20_000, resolve)
  const cold = await each(2_000, () => {
    known.changed()
    return resolve()
  })
  const wrong = `${key.slice(0, 13)}${'x'.repeat(32)}`
  const refused = await each(2_000, () => known.resolve({ keys: [wrong], session: null }, from).catch(() => null))
  const names = Object.keys(policies) as EndpointName[]
  let next = 0
  const policy = await each(100_000, () => authorize(actor, names[next++ % names.length] ?? 'runs.get'))
  const stored = await known.passwords.hash('correct horse battery')
  const password = await each(5, () => known.passwords.verify('correct horse battery', stored))
  await known.close()
  await db.close()
  folder.remove()
  printTable(
    ['check', 'each'],
    [
      ['API key, seen in the last two seconds', us(warm)],
      ['API key, looked up in SQLite', us(cold)],
      ['wrong API key', us(refused)],
      ['policy', us(policy)],
      ['password (argon2id, 19 MiB, 2 passes)', ms(password / 1000)],
    ],
  )
  return [
    { name: 'key check per request', value: us(warm), target: `${keyTarget} us`, reached: warm < keyTarget },
    { name: 'key check that asks the database', value: us(cold), target: `${keyTarget} us`, reached: cold < keyTarget },
    { name: 'policy check per request', value: us(policy), target: `${policyTarget} us`, reached: policy < policyTarget },
  ]
}

/** Microseconds of one call: the median of five rounds. */
async function each(count: number, call: () => unknown): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < 5; round++) {
    const start = performance.now()
    for (let i = 0; i < count; i++) await call()
    rounds.push(((performance.now() - start) * 1000) / count)
  }
  return median(rounds)
}
