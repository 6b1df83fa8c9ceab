import { createHash } from 'node:crypto'
import { addressBlock } from './client-address.ts'
import type { Counters } from './counters.store.ts'
import { tooMany } from './too-many.ts'

export type LoginAttempt = {
  /** The password was right: what this account and address had against them is forgotten. A wrong one needs no word. */
  passed(): Promise<void>
}
/**
 * `known`: the account has logged in from this address before (it has a session from there). Then a flood of wrong passwords from
 * elsewhere does not keep its owner out.
 */
export type LoginFrom = { ip: string | null; email: string; known?: boolean }
export type LoginThrottle = (from: LoginFrom) => Promise<LoginAttempt>

/** Free attempts in a window, then one at a time with waits that double. */
type Rule = { key: string; free: number; window_ms: number; what: string }
const hourMs = 3_600_000
const longestMs = 15 * 60_000

/**
 * Counts an attempt before the password is looked at, so that many at once are counted like many in a row. Throws TOO_MANY_REQUESTS.
 * Three counts: this account from this address, this address whatever the account, this account whatever the address. The last two slow
 * guessing at many accounts and from many addresses; others can run them up, so an account's known address is exempt from them.
 */
export function openLoginThrottle(counters: Counters): LoginThrottle {
  return async ({ ip, email, known = false }) => {
    const address = addressBlock(ip)
    const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url').slice(0, 22)
    const pair = { key: `login:${account}:${address}`, free: 5, window_ms: hourMs, what: 'wrong passwords for this account from this address' }
    const rules: Rule[] = [pair]
    if (!known && !(await isRemembered(counters, pair.key))) {
      rules.push({ key: `login:${address}`, free: 20, window_ms: hourMs, what: 'wrong passwords from this address' })
      rules.push({ key: `login:${account}`, free: 50, window_ms: hourMs, what: 'wrong passwords for this account' })
    }

    const counted: Rule[] = []
    for (const rule of rules) {
      const wait = await attempt(counters, rule)
      counted.push(rule)
      if (wait === 0) continue
      for (const each of counted) await counters.add(each.key, each.window_ms, -1)
      throw tooMany(rule.what, wait)
    }
    return {
      async passed() {
        await counters.clear(pair.key)
        await counters.clear(`${pair.key}:gate`)
        for (const { key, window_ms } of counted.slice(1)) await counters.add(key, window_ms, -1)
        await counters.add(`${pair.key}:known`, knownMs)
      },
    }
  }
}

/** @returns 0, or how long to wait. */
async function attempt(counters: Counters, { key, free, window_ms }: Rule): Promise<number> {
  const { count } = await counters.add(key, window_ms)
  if (count <= free) return 0
  // The gate lets one through and closes behind it.
  const gate = await counters.add(`${key}:gate`, Math.min(longestMs, 1_000 * 2 ** (count - free)))
  return gate.count === 1 ? 0 : gate.reset_ms
}

const knownMs = 20 * 24 * hourMs

async function isRemembered(counters: Counters, pair: string): Promise<boolean> {
  const { count } = await counters.add(`${pair}:known`, 1, 0)
  return count > 0
}
