import type { LogTail } from '@cadre/core/telemetry/log-tail'
import { type Logger, destination, pino } from 'pino'

export type Log = Logger

/** JSON lines on stderr; stdout belongs to what a person or a script reads. The tail gets each line, too. */
export function openLog(level: string, tail?: LogTail): Log {
  const stderr = destination({ fd: 2, sync: true })
  const write = (line: string) => {
    stderr.write(line)
    tail?.write(line)
  }
  return pino({ level, base: { pid: process.pid }, serializers: { err: inWords } }, tail ? { write } : stderr)
}

/** What an error says, and not what hangs on it: requests and answers do not belong into a log. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}), ...(cause === undefined ? {} : { cause: inWords(cause) }) }
}
