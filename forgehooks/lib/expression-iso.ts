import { DateTime } from 'luxon'

const ISO = /^(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/

/** The moment an ISO 8601 date or date and time stands for (without offset: UTC), in milliseconds. */
export function isoMoment(text: string): number | undefined {
  const match = ISO.exec(text)
  if (!match) return undefined
  if (!match[2]) {
    const at = Date.parse(`${text}T00:00:00Z`)
    // Date.parse rolls 2023-02-29 over in some forms; only a date that comes back as written exists.
    return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at
  }
  const at = DateTime.fromISO(text.replace(' ', 'T'), { zone: 'utc' })
  return at.isValid ? at.toMillis() : undefined
}
