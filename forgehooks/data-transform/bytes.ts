import { HookError } from '@cadre/contract/forgehook'

/** What windows-1252 has where Latin-1 has control characters (0x80 to 0x9F); zero stands for the control character itself. */
const WINDOWS_1252 = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d,
  0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
]
const ALIASES: Record<string, string> = {
  utf8: 'utf-8',
  'utf-8-sig': 'utf-8',
  latin1: 'windows-1252',
  'latin-1': 'windows-1252',
  latin_1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  iso8859_1: 'windows-1252',
  cp1252: 'windows-1252',
  ansi: 'windows-1252',
  ascii: 'windows-1252',
  'us-ascii': 'windows-1252',
  utf16: 'utf-16',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp932: 'shift_jis',
}

export function bytesOf(base64: string, field = 'data_base64'): Uint8Array {
  const body = base64
    .replace(/^data:[^,]*;base64,/i, '')
    .replace(/\s+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/=+$/, '')
  if (body === '') throw new HookError('is empty', field)
  if (!/^[A-Za-z0-9+/]*$/.test(body) || body.length % 4 === 1) throw new HookError('is not base64', field)
  return new Uint8Array(Buffer.from(body, 'base64'))
}

export type Decoded = { text: string; encoding: string; warnings: string[] }

/** The text of base64 bytes. `declared` is what the document says of itself, which counts when nobody else says anything. */
export function textOfBytes(base64: string, asked = 'auto', declared?: (start: string) => string | undefined): Decoded {
  const bytes = bytesOf(base64)
  const name = asked.trim().toLowerCase()
  const mark = markOf(bytes)
  if (name !== 'auto' && name !== '') {
    const encoding = ALIASES[name] ?? name
    const exact = encoding === 'utf-16' ? (mark?.startsWith('utf-16') ? mark : 'utf-16le') : encoding
    return { text: decode(bytes, exact, 'encoding'), encoding: exact, warnings: [] }
  }
  if (mark)
    return {
      text: decode(bytes, mark, 'data_base64'),
      encoding: mark,
      warnings: mark === 'utf-8' ? [] : [`read as ${mark}, as its byte order mark says`],
    }
  const wide = withoutMark(bytes)
  if (wide) return { text: decode(bytes, wide, 'data_base64'), encoding: wide, warnings: [`read as ${wide}: every second byte is zero`] }
  const own = declared?.(windows1252(bytes.subarray(0, 1000)))?.toLowerCase()
  // A declaration that was itself read byte by byte cannot be true of UTF-16.
  if (own && !own.startsWith('utf-16') && (ALIASES[own] ?? own) !== 'utf-8') {
    const encoding = ALIASES[own] ?? own
    return { text: decode(bytes, encoding, 'data_base64'), encoding, warnings: [`read as ${encoding}, as the document declares`] }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', warnings: [] }
  } catch {
    if (own) throw new HookError('the document declares UTF-8, but its bytes are not UTF-8; give encoding', 'data_base64')
    return {
      text: windows1252(bytes),
      encoding: 'windows-1252',
      warnings: ['the bytes are not UTF-8; read as windows-1252 (Latin-1). Give encoding if letters look wrong'],
    }
  }
}

function markOf(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && bytes.length % 4 === 0 ? 'utf-32le' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32be' : undefined
}

/** UTF-16 without a mark: text of mostly Latin letters has zeros in every second place. */
function withoutMark(bytes: Uint8Array): string | undefined {
  const part = bytes.subarray(0, 2000)
  if (part.length < 4 || bytes.length % 2 !== 0) return undefined
  let even = 0
  let odd = 0
  for (let at = 0; at < part.length; at++) {
    if (part[at] !== 0) continue
    if (at % 2 === 0) even++
    else odd++
  }
  const half = part.length / 2
  if (odd > half * 0.4 && even < half * 0.05) return 'utf-16le'
  return even > half * 0.4 && odd < half * 0.05 ? 'utf-16be' : undefined
}

function decode(bytes: Uint8Array, encoding: string, field: string): string {
  if (encoding === 'windows-1252') return windows1252(bytes)
  if (encoding.startsWith('utf-32')) return utf32(bytes, encoding === 'utf-32le')
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new HookError(
      `"${encoding}" is not an encoding that is known here; use utf-8, utf-16le, windows-1252, iso-8859-2, shift_jis or the like`,
      field,
    )
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw new HookError(`the bytes are not ${encoding}${encoding === 'utf-8' ? ` (the first wrong one is byte ${firstWrong(bytes)})` : ''}`, field)
  }
}

/** By halves: the longest beginning that is UTF-8. */
function firstWrong(bytes: Uint8Array): number {
  let [low, high] = [0, bytes.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      low = middle
    } catch {
      high = middle - 1
    }
  }
  return low + 1
}

/** By hand: Node's decoder has read the bytes 0x80 to 0x9F as control characters in some versions. */
function windows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return text.replace(/[\x80-\x9f]/g, (sign) => String.fromCharCode(WINDOWS_1252[sign.charCodeAt(0) - 0x80] || sign.charCodeAt(0)))
}

function utf32(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: string[] = []
  for (let at = 4; at + 3 < bytes.length; at += 4) {
    const code = view.getUint32(at, little)
    if (code > 0x10ffff) throw new HookError('the bytes are not UTF-32, as their byte order mark says', 'data_base64')
    parts.push(String.fromCodePoint(code))
  }
  return parts.join('')
}
