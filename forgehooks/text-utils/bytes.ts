import { HookError } from '@cadre/contract/forgehook'

export type BytesAs = 'text' | 'base64' | 'base64url' | 'hex'

/** The bytes that a text stands for. Nothing is mended: what is not exactly of its form is refused. */
export function bytesOf(text: string, as: BytesAs, field: string): Buffer {
  if (as === 'base64') return fromBase64(text, field)
  if (as === 'base64url') return fromBase64Url(text, field)
  if (as === 'hex') return fromHex(text, field)
  return Buffer.from(wellFormed(text, field), 'utf8')
}

/** Half of a surrogate pair is no character and has no bytes. */
export function wellFormed(text: string, field: string): string {
  if (!text.isWellFormed()) throw new HookError('holds half of a surrogate pair, which is no character', field)
  return text
}

function fromBase64(given: string, field: string): Buffer {
  // Line ends are part of the form (RFC 2045).
  const text = given.replace(/\r?\n/g, '')
  const wrong = /[^A-Za-z0-9+/=]/u.exec(text)
  if (wrong) throw new HookError(`is not base64: it holds ${JSON.stringify(wrong[0])}${/[-_]/.test(wrong[0]) ? '; that is base64url' : ''}`, field)
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new HookError('is not base64: "=" stands only at the end, at most twice', field)
  if (text.length % 4 !== 0) throw new HookError(`is not base64: its ${text.length} characters are no multiple of 4 ("=" fills it up)`, field)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new HookError('is not base64: its last character holds bits that belong to no byte', field)
  return bytes
}

/** With or without "=" (RFC 4648, section 5). */
function fromBase64Url(given: string, field: string): Buffer {
  const text = given.replace(/={1,2}$/, '')
  const wrong = /[^A-Za-z0-9_-]/u.exec(text)
  if (wrong) throw new HookError(`is not base64url: it holds ${JSON.stringify(wrong[0])}${/[+/]/.test(wrong[0]) ? '; that is base64' : ''}`, field)
  if (given !== text && given.length % 4 !== 0) throw new HookError('is not base64url: the number of "=" is wrong', field)
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw new HookError('is not base64url: it ends in the middle of a byte', field)
  return bytes
}

function fromHex(text: string, field: string): Buffer {
  const wrong = /[^0-9a-fA-F]/u.exec(text)
  if (wrong) throw new HookError(`is not hexadecimal: it holds ${JSON.stringify(wrong[0])}`, field)
  if (text.length % 2 !== 0) throw new HookError(`is not hexadecimal: ${text.length} digits are an odd number; each byte has two`, field)
  return Buffer.from(text, 'hex')
}

export function textOf(bytes: Uint8Array, field: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new HookError('stands for bytes that are not UTF-8 text; ask for them as base64 or hex with output', field)
  }
}
