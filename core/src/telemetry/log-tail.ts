import { CadreError } from '@cadre/contract/errors'
import type { FollowLogs, LogEvent, LogLevel, LogRecord } from '@cadre/contract/server'

const mostLines = 500
/** Longer ones are kept without what they say beside their text. */
const longestLine = 20_000
/** As pino numbers them. */
const levels: Record<number, LogLevel> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }
const ranks = Object.fromEntries(Object.entries(levels).map(([rank, level]) => [level, Number(rank)])) as Record<LogLevel, number>

/** The last lines of the log, in memory, for whoever follows. Writing never waits for a reader: one that is too slow misses lines, and is told how many. */
export type LogTail = {
  write: (line: string) => void
  follow: (wanted: FollowLogs, after: string | undefined, signal: AbortSignal) => AsyncGenerator<LogEvent>
  /** The lines that are kept, then each as it is written: for a worker process to hand on. */
  listen: (each: (line: string) => void) => void
}

export function openLogTail(now: () => number = Date.now): LogTail {
  // Says whether a position is one of this process: after a restart the numbers begin anew.
  const begun = now().toString(36)
  /** The line with number n, from 0, is at n % mostLines. */
  const kept: string[] = []
  let count = 0
  let wake: PromiseWithResolvers<void> | undefined
  const listeners = new Set<(line: string) => void>()

  const positionOf = (n: number) => `${begun}-${n}`
  const placeOf = (after: string | undefined) => {
    if (after === undefined) return 0
    const [, epoch, n] = /^([0-9a-z]{1,12})-(\d{1,15})$/.exec(after) ?? []
    if (epoch === undefined) throw notAPosition(after)
    return epoch === begun ? Math.min(Number(n) + 1, count) : 0
  }

  async function* follow({ level, q }: FollowLogs, place: number, isNew: boolean, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const words = q?.trim().toLowerCase()
    const gone = Promise.withResolvers<void>()
    const onAbort = () => gone.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    // Whoever begins here has missed nothing: older lines were kept for nobody.
    let next = isNew ? Math.max(place, count - mostLines) : place
    try {
      while (!signal.aborted) {
        const lost = Math.max(0, count - mostLines - next)
        if (lost > 0) {
          next += lost
          yield { type: 'log.lost', position: positionOf(next - 1), count: lost }
        } else if (next === count) {
          wake ??= Promise.withResolvers()
          await Promise.race([wake.promise, gone.promise])
        } else {
          const n = next++
          const line = kept[n % mostLines] ?? ''
          if (words && !line.toLowerCase().includes(words)) continue
          const record = recordOf(line, positionOf(n))
          if (record && ranks[record.level] >= ranks[level]) yield record
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  return {
    write: (line) => {
      const short = line.length > longestLine ? shortened(line) : line
      kept[count++ % mostLines] = short
      for (const listener of listeners) listener(short)
      wake?.resolve()
      wake = undefined
    },
    follow: (wanted, after, signal) => {
      const place = placeOf(after)
      return follow(wanted, place, place === 0, signal)
    },
    listen: (each) => {
      for (let n = Math.max(0, count - mostLines); n < count; n++) each(kept[n % mostLines] ?? '')
      listeners.add(each)
    },
  }
}

function notAPosition(id: string) {
  const message = 'is not the id of a log event'
  return new CadreError('BAD_REQUEST', `Last-Event-ID: '${id.slice(0, 50)}' ${message}`, [{ path: 'Last-Event-ID', message }])
}

function shortened(line: string): string {
  const read = readLine(line)
  if (!read) return line.slice(0, longestLine)
  const { level, time, pid, msg } = read
  return JSON.stringify({ level, time, pid, msg: String(msg ?? '').slice(0, longestLine / 2), shortened: line.length })
}

function recordOf(line: string, position: string): LogRecord | undefined {
  const read = readLine(line)
  if (!read) return undefined
  const { level, time, pid, msg, ...detail } = read
  return {
    type: 'log.record',
    position,
    at: new Date(Number(time)).toISOString(),
    level: levels[Number(level)] ?? 'info',
    pid: Number(pid),
    text: typeof msg === 'string' ? msg : '',
    detail,
  }
}

/** Lines are pino's; a broken one can only come from a worker process that died while it spoke. */
function readLine(line: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(line)
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
