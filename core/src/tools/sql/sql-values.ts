/** Decimal text as a number where that number means exactly the same, else as the text it is. */
export function exactNumber(text: string): number | string {
  const digits = text.replace(/e.*$/i, '').replace(/[-+.]/g, '').replace(/^0+/, '')
  const significant = text.includes('.') || /e/i.test(text) ? digits.replace(/0+$/, '') : digits
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  if (significant.length <= 15) return value
  return Number.isSafeInteger(value) && /^[-+]?\d+(\.0*)?$/.test(text) ? value : text
}

export const exactInteger = (value: bigint): number | string =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value.toString()

/** JSON has no word for these. */
export const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

export const base64 = (bytes: Uint8Array) => ({ base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') })

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown
const exactly: Reviver = (_, value, { source }) => (typeof value === 'number' && source !== undefined ? exactNumber(source) : value)

/** A JSON value with its numbers exact; the text itself where it is not JSON. */
export function exactJson(text: string): unknown {
  try {
    return JSON.parse(text, exactly as (key: string, value: unknown) => unknown)
  } catch {
    return text
  }
}

/** `2024-01-05 10:00:00+00` as ISO 8601; what is not of this form stays. */
export function isoText(text: string): string {
  const [, date, time, zone] = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (date === undefined || time === undefined) return text
  return `${date}T${time.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') || time.includes('.') ? '' : zeros))}${zone === undefined ? '' : /^[+-]00(:?00)?$/.test(zone) ? 'Z' : zone}`
}
