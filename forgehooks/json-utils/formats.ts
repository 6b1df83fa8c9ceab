import type { Ajv } from 'ajv'
import ajvFormats from 'ajv-formats'

const HOUR = String.raw`(?:[01]\d|2[0-3])`
const TIME = new RegExp(String.raw`^(${HOUR}):([0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:[zZ]|([+-])(${HOUR}):([0-5]\d))$`)
const URI_PARTS = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/

/** RFC 3339. A leap second is one at 23:59 UTC. */
function isTime(text: string): boolean {
  const [, hour, minute, second, sign, offsetHour = '0', offsetMinute = '0'] = TIME.exec(text) ?? []
  if (hour === undefined) return false
  if (second !== '60') return true
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1)
  return (Number(hour) * 60 + Number(minute) - offset + 2880) % 1440 === 1439
}

function isUriReference(text: string): boolean {
  const [, , authority, path = '', query = '', fragment = ''] = URI_PARTS.exec(text) ?? []
  if (/[[\]"]/.test(path + query + fragment)) return false
  return authority === undefined || /^(?:[^@[\]]*@)?(?:\[[^\]]*\]|[^@:[\]]*)(?::\d*)?$/.test(authority)
}

const given = (name: 'date' | 'uri' | 'uri-reference') => (text: string) => standard(name, text)

/** Where ajv-formats is more lenient, or stricter, than the standards that JSON Schema names. */
const MENDED: Record<string, (text: string) => boolean> = {
  time: isTime,
  'date-time': (text) => given('date')(text.slice(0, 10)) && /^[tT]$/.test(text.slice(10, 11)) && isTime(text.slice(11)),
  duration: (text) =>
    /^P(?:\d+W|(?=.)(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?=\d)(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/.test(text),
  hostname: (text) =>
    !text.endsWith('.') &&
    text.length <= 253 &&
    text.split('.').every((label) => /^(?!..--)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$|^xn--[a-z\d-]{1,59}$/i.test(label)),
  uri: (text) => given('uri')(text) && isUriReference(text),
  'uri-reference': (text) => given('uri-reference')(text) && isUriReference(text),
  uuid: (text) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text),
}

export function addFormats(ajv: Ajv) {
  ajvFormats.default(ajv)
  for (const [name, validate] of Object.entries(MENDED)) ajv.addFormat(name, { type: 'string', validate })
}

/** Asks the very tests that validate makes. */
export function fitsFormat(text: string, name: 'date' | 'date-time' | 'time' | 'email' | 'uuid' | 'uri' | 'ipv4' | 'ipv6'): boolean {
  return MENDED[name]?.(text) ?? standard(name, text)
}

function standard(name: Parameters<typeof ajvFormats.default.get>[0], text: string): boolean {
  const format = ajvFormats.default.get(name)
  if (format instanceof RegExp) return format.test(text)
  if (typeof format === 'function') return format(text) === true
  if (typeof format !== 'object' || !('validate' in format)) return false
  const { validate } = format
  if (validate instanceof RegExp) return validate.test(text)
  return typeof validate === 'function' && (validate as (text: string) => unknown)(text) === true
}
