import { CadreError } from '@cadre/contract/errors'

/** Refuses with the limit and how long it lasts, in words and for Retry-After. */
export function tooMany(limit: string, wait_ms: number): CadreError {
  return new CadreError('TOO_MANY_REQUESTS', `too many requests: ${limit}; try again in ${inWords(wait_ms)}`, [], Math.max(1, wait_ms))
}

function inWords(ms: number): string {
  const seconds = Math.ceil(Math.max(1, ms) / 1000)
  if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
