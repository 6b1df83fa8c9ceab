import type { Log } from './log.ts'

/** Then a second for what is aborted and half a second for open streams: together under the ten seconds that supervisors give. */
const drainMs = 7_000
const lastResortMs = 9_500

/** npm passes a Ctrl-C on that the terminal has already sent to everyone: what comes so soon after is no second signal. */
const echoMs = 100

/** The first SIGTERM or SIGINT (or the end of the parent's channel) stops in good order, the second at once. */
export function stopOnSignals(stop: (drainMs: number) => Promise<void>, log: Log) {
  let begun: { why: string; at: number } | null = null
  // A Ctrl-C reaches a worker twice: from the terminal, and as SIGTERM from the server that got it too.
  const isChild = process.send !== undefined
  const begin = (why: string) => {
    if (begun) {
      if (Date.now() - begun.at > echoMs && (!isChild || why === begun.why)) process.exit(130)
      return
    }
    begun = { why, at: Date.now() }
    log.info({ why }, 'stopping')
    setTimeout(() => {
      log.error('stopping took too long; what was left over is taken up at the next start')
      process.exit(1)
    }, lastResortMs).unref()
    stop(drainMs).then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', begin)
  process.on('SIGINT', begin)
  if (isChild) process.on('disconnect', () => begin('the server is gone'))
}

/** One sentence for a person; the stack is for the log. */
export function startFailed(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`Cadre cannot start. ${message.split('\n')[0]}\n`)
  if (process.env.CADRE_LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.exit(1)
}

/** What no code caught: the process is in an unknown state and ends; the next start takes up what it left. */
export function endOnDefects(log: Log) {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a defect ended the process')
    process.exit(1)
  })
}
