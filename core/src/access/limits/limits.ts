import type { Actor } from '../actor.ts'
import type { LimitsConfig } from '../../config-limits.ts'
import type { Db } from '../../storage/database.ts'
import { addressBlock, openClientAddress } from './client-address.ts'
import { type Counters, openCounters } from './counters.store.ts'
import { type LoginThrottle, openLoginThrottle } from './login-throttle.ts'
import { openQueueRoom } from './queue-room.ts'
import { tooMany } from './too-many.ts'

export type Limits = {
  /** Counts a call. Throws TOO_MANY_REQUESTS. */
  call(actor: Actor): Promise<void>
  /** Counts a credential that was refused, by its address. Throws TOO_MANY_REQUESTS; whoever has a right one is not counted here. */
  refused(ip: string | null): Promise<void>
  /** Counts a run of an agent that has a limit of its own. Throws TOO_MANY_REQUESTS. */
  agent(agent_id: string, per_minute: number): Promise<void>
  /** Takes room for a call that is under way, until the answer is called. Throws TOO_MANY_REQUESTS. */
  open(actor: Actor): () => void
  login: LoginThrottle
  /** Takes room in the queue for a run. Throws UNAVAILABLE. */
  queueRoom(): Promise<void>
  /** Whose call it is, behind proxies that are trusted. */
  addressOf(remote: string | undefined, forwarded: string | undefined): string | null
}

export const minuteMs = 60_000
/** Calls at once: streams that are followed, runs that are waited for. */
const openPublic = 100
const openKnown = 1_000

export type LimitsApp = {
  db: Pick<Db, 'kind' | 'read'>
  config: { limits: LimitsConfig }
  now: () => number
  log?: { warn(about: object, message: string): void }
}

export function openLimits({ db, config: { limits }, now, log }: LimitsApp): Limits {
  const counters = openCounters(db, (err) => log?.warn({ err }, 'the shared counts do not answer; this server counts for itself'))
  const take = taker(counters)
  const { rate } = limits
  const publicRate = rate === null ? null : Math.max(1, Math.ceil(rate / 10))
  const calls = new Map<string, number>()
  return {
    async call({ kind, id, user_id, ip }) {
      if (rate === null || publicRate === null || kind === 'system') return
      if (kind === 'public') return take(`ip:${addressBlock(ip)}`, publicRate, `this address may make ${publicRate} calls a minute without a key`)
      if (kind === 'user') return take(`user:${id}`, rate, `this user may make ${rate} calls a minute`)
      await take(`key:${id}`, rate, `this key may make ${rate} calls a minute`)
      // Else whoever may make keys has no limit.
      await take(`keys-of:${user_id}`, 4 * rate, `all keys of this user together may make ${4 * rate} calls a minute`)
    },
    async refused(ip) {
      if (publicRate === null) return
      await take(`refused:${addressBlock(ip)}`, publicRate, `this address may try ${publicRate} keys a minute`)
    },
    agent: (agent_id, per_minute) => take(`agent:${agent_id}`, per_minute, `this agent may be run ${per_minute} times a minute`),
    open({ kind, id, user_id, ip }) {
      if (rate === null || kind === 'system') return () => {}
      const [who, most] = kind === 'public' ? [`ip:${addressBlock(ip)}`, openPublic] : [`user:${user_id ?? id}`, openKnown]
      const count = calls.get(who) ?? 0
      if (count >= most) throw tooMany(`${most} calls of this ${kind === 'public' ? 'address' : 'user'} are open at once`, 1_000)
      calls.set(who, count + 1)
      let open = true
      return () => {
        if (!open) return
        open = false
        const left = (calls.get(who) ?? 1) - 1
        if (left === 0) calls.delete(who)
        else calls.set(who, left)
      }
    },
    login: openLoginThrottle(counters),
    queueRoom: openQueueRoom({ db, now, max_queue: limits.max_queue }),
    addressOf: openClientAddress(limits.trusted_proxies),
  }
}

/** Who is over a limit is refused from memory until the window is over: a flood costs no question to the database. */
const rememberedAtMost = 100_000

function taker(counters: Counters) {
  const over = new Map<string, number>()
  return async (key: string, most: number, sentence: string) => {
    const until = over.get(key)
    if (until !== undefined) {
      if (until > Date.now()) throw tooMany(sentence, until - Date.now())
      over.delete(key)
    }
    const { count, reset_ms } = await counters.add(key, minuteMs)
    if (count <= most) return
    if (over.size >= rememberedAtMost) over.clear()
    over.set(key, Date.now() + reset_ms)
    throw tooMany(sentence, reset_ms)
  }
}
