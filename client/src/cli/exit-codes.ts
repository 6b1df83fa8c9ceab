import type { CadreError } from '@cadre/contract/errors'
import type { RunStatus } from '@cadre/contract/run-events'

export const exitCode = { ok: 0, error: 1, usage: 2, notFound: 3, notAllowed: 4, invalid: 5, runFailed: 6, timedOut: 7, interrupted: 130 } as const

/** A command line that cannot be meant as it is written. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** What the command was given to read is not acceptable; the message names it. */
export class InputError extends Error {
  override name = 'InputError'
}

export function exitCodeOf({ status }: CadreError) {
  if (status === 404) return exitCode.notFound
  if (status === 401 || status === 403) return exitCode.notAllowed
  if ([400, 409, 413, 415, 422].includes(status)) return exitCode.invalid
  return exitCode.error
}

export function exitCodeOfRun(status: RunStatus) {
  if (status === 'failed' || status === 'cancelled') return exitCode.runFailed
  return status === 'timeout' ? exitCode.timedOut : exitCode.ok
}
