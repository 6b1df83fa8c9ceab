import { HookError } from '@cadre/contract/forgehook'

/** `assumed`: by the file's beginning alone, which what follows may refute. */
export type Encoding = { name: string; assumed: boolean; warnings: string[] }
export type Decoder = (bytes: Uint8Array, isLast: boolean) => string

/** The bytes are not in the encoding that was taken for granted or asked for. */
export class WrongEncoding extends HookError {}

/** Without all but letters and digits, where the name as it stands is none. */
const ALIASES: Record<string, string> = {
  utf8: 'utf-8',
  utf8sig: 'utf-8',
  utf8bom: 'utf-8',
  utf16: 'utf-16',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  utf32: 'utf-32le',
  utf32le: 'utf-32le',
  utf32be: 'utf-32be',
  unicode: 'utf-16',
  ansi: 'windows-1252',
  western: 'windows-1252',
  westerneuropean: 'windows-1252',
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin9: 'iso-8859-15',
  cp932: 'shift_jis',
  sjis: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  mac: 'macintosh',
  macroman: 'macintosh',
}

function nameOf(asked: string): string {
  const plain = asked.replace(/[^a-z0-9]/g, '')
  return ALIASES[plain] ?? plain.replace(/^iso8859(\d+)$/, 'iso-8859-$1').replace(/^(windows|cp)(125\d|874)$/, 'windows-$2')
}

function isKnown(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== ''
  } catch {
    return false
  }
}

export const legacy: Encoding = {
  name: 'windows-1252',
  assumed: false,
  warnings: ['the bytes are not UTF-8; read as windows-1252 (Western European). Give encoding if letters look wrong'],
}

/** By the byte order mark, by what the bytes are, or as asked. `start`: the first bytes of the file; `isAll`: there are no more. */
export function encodingOf(start: Uint8Array, isAll: boolean, asked = 'auto'): Encoding {
  const wanted = asked.trim().toLowerCase()
  const mark = markOf(start)
  if (wanted !== 'auto' && wanted !== '') {
    const name = isKnown(wanted) && wanted !== 'utf-16' ? wanted : nameOf(wanted)
    return { name: name === 'utf-16' ? (mark?.startsWith('utf-16') ? mark : 'utf-16le') : name, assumed: false, warnings: [] }
  }
  if (mark) return { name: mark, assumed: false, warnings: [] }
  const wide = wideWithoutMark(start)
  if (wide) return { name: wide, assumed: false, warnings: [`read as ${wide}, because every second byte is zero`] }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: !isAll })
    return { name: 'utf-8', assumed: true, warnings: [] }
  } catch {
    return legacy
  }
}

function markOf([a, b, c, d]: Uint8Array): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32be' : undefined
}

/** Text of mostly Latin letters has zeros in every second place. */
function wideWithoutMark(start: Uint8Array): string | undefined {
  const part = start.subarray(0, 2_000)
  if (part.length < 4) return undefined
  let [even, odd] = [0, 0]
  for (let at = 0; at < part.length; at++) {
    if (part[at] !== 0) continue
    if (at % 2 === 0) even++
    else odd++
  }
  const half = part.length / 2
  const name = odd > half * 0.4 && even < half * 0.05 ? 'utf-16le' : even > half * 0.4 && odd < half * 0.05 ? 'utf-16be' : undefined
  // Small numbers of two bytes look the same, but are control characters as text.
  return name && !hasManyControls(new TextDecoder(name).decode(part)) ? name : undefined
}

/** Whether the beginning of a file is none of a text. */
export function isBinary(start: Uint8Array, encoding: Encoding): boolean {
  if (/^utf-(16|32)/.test(encoding.name)) return false
  return start.includes(0) || hasManyControls(Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, 8_000)).toString('latin1'))
}

function hasManyControls(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is counted
  const count = text.match(/[\0-\x07\x0e-\x1a\x1c-\x1f\x7f]/g)?.length ?? 0
  return count > 2 && count > text.length * 0.05
}

/** Takes a file part by part; a byte order mark is left out. Throws WrongEncoding. */
export function decoderOf(encoding: string): Decoder {
  if (encoding.startsWith('utf-32')) return utf32(encoding === 'utf-32le')
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new HookError(
      `"${encoding}" is no encoding that is known here; use utf-8, utf-16le, windows-1252, iso-8859-2, shift_jis or the like`,
      'encoding',
    )
  }
  return (bytes, isLast) => {
    try {
      return decoder.decode(bytes, { stream: !isLast })
    } catch {
      throw new WrongEncoding(`the bytes of the file are not ${encoding}`, 'encoding')
    }
  }
}

/** Parts are multiples of four bytes long, but for the last. */
function utf32(little: boolean): Decoder {
  let isFirst = true
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let text = ''
    for (let at = 0; at + 3 < bytes.length; at += 4) {
      const code = view.getUint32(at, little)
      if (code > 0x10ffff) throw new WrongEncoding('the bytes of the file are not UTF-32', 'encoding')
      if (!isFirst || at > 0 || code !== 0xfeff) text += String.fromCodePoint(code)
    }
    isFirst = false
    if (bytes.length % 4 !== 0) throw new WrongEncoding('the bytes of the file are not UTF-32: the last character is cut off', 'encoding')
    return text
  }
}
