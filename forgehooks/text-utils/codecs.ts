import { domainToASCII, domainToUnicode } from 'node:url'
import { HookError } from '@cadre/contract/forgehook'

const wrong = (form: string, why: string) => new HookError(`is not ${form}: ${why}`, 'text')

export function percentDecoded(text: string, form: 'url' | 'form'): string {
  const at = text.search(/%(?![0-9a-fA-F]{2})/)
  if (at >= 0) throw wrong('URL-encoded', `"%" at character ${at + 1} is not followed by two hexadecimal digits`)
  try {
    return decodeURIComponent(form === 'form' ? text.replaceAll('+', ' ') : text)
  } catch {
    throw wrong('URL-encoded', 'its bytes are not UTF-8 text')
  }
}

/** As RFC 3986 has it: only letters, digits and - . _ ~ stay. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, hexEscape)
}

/** As a browser sends a field of a form. */
export function formEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, hexEscape)
    .replaceAll('%20', '+')
}

const hexEscape = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function htmlEscaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] as string)
}

/** Named and numbered references, as a browser reads them; what is none stays. */
export async function htmlUnescaped(text: string): Promise<string> {
  const { parseHTML } = await import('linkedom')
  return text.replace(/&(?:#[xX]?[0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;?)/g, (reference) => {
    if (reference.startsWith('&#')) return numbered(reference)
    return parseHTML(`<html><body><p>${reference}</p></body></html>`).document.querySelector('p')?.textContent ?? reference
  })
}

// What Windows-1252 has in the places of the C1 controls; HTML reads the numbers so.
const C1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function numbered(reference: string): string {
  const hex = /^&#[xX]([0-9a-fA-F]+);?$/.exec(reference)
  const decimal = /^&#(\d+);?(.*)$/.exec(reference)
  const point = hex ? Number.parseInt(hex[1] as string, 16) : decimal && !decimal[2] ? Number(decimal[1]) : undefined
  if (point === undefined) {
    const rest = decimal?.[2] ?? ''
    return decimal ? numbered(`&#${decimal[1]};`) + rest : reference
  }
  if (point >= 0x80 && point <= 0x9f) return C1[point - 0x80] as string
  return point === 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? '\ufffd' : String.fromCodePoint(point)
}

/** RFC 2045: lines of at most 76 characters; white space at the end of a line is written out. */
export function toQuotedPrintable(bytes: Buffer): string {
  const lines: string[] = []
  for (const line of bytes.toString('latin1').split(/\r\n|\n/)) {
    const units = [...line].map((letter, index) => {
      const code = letter.charCodeAt(0)
      const plain = (code >= 33 && code <= 126 && letter !== '=') || ((letter === ' ' || letter === '\t') && index < line.length - 1)
      return plain ? letter : `=${code.toString(16).toUpperCase().padStart(2, '0')}`
    })
    let written = ''
    for (const [index, unit] of units.entries()) {
      if (written.length + unit.length > (index === units.length - 1 ? 76 : 75)) {
        lines.push(`${written}=`)
        written = ''
      }
      written += unit
    }
    lines.push(written)
  }
  return lines.join('\r\n')
}

export function fromQuotedPrintable(text: string): Buffer {
  const form = 'quoted-printable'
  const outside = /[^\t\r\n\u0020-\u007e]/u.exec(text)
  if (outside) throw wrong(form, `it holds ${JSON.stringify(outside[0])}`)
  const joined = text.replace(/[ \t]+(?=\r?\n|$)/g, '').replace(/=\r?\n/g, '')
  const bad = /=(?![0-9a-fA-F]{2})/.exec(joined)
  if (bad) throw wrong(form, `"=" is not followed by two hexadecimal digits in ${JSON.stringify(joined.slice(bad.index, bad.index + 3))}`)
  return Buffer.from(
    joined.replace(/=([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  )
}

/** Domain names for the wire and for people (UTS 46, not transitional). */
export function toIdna(domain: string): string {
  checkDomain(domain)
  const written = domainToASCII(domain)
  if (written === '') throw wrong('a domain name', 'a label is too long, empty or holds what no name may hold')
  for (const label of written.replace(/\.$/, '').split('.'))
    if (label.length > 63) throw wrong('a domain name', `the label ${label.slice(0, 20)}... is longer than 63 characters`)
  return written
}

export function fromIdna(domain: string): string {
  if (/[^\u0000-\u007f]/.test(domain)) throw wrong('an encoded domain name', 'it holds letters outside ASCII')
  checkDomain(domain)
  const read = domainToUnicode(domain)
  if (read === '' || /(?:^|\.)xn--/i.test(read)) throw wrong('an encoded domain name', 'a label beginning with xn-- stands for nothing')
  return read
}

function checkDomain(domain: string) {
  if (domain === '' || /[\u0000-\u0020%/\\:@?#[\]<>^|]/.test(domain))
    throw wrong('a domain name', 'it is empty or holds a space or one of % / : @ ? #')
  if (/^\.|\.\./.test(domain)) throw wrong('a domain name', 'a label is empty')
  if (/(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i.test(domain)) throw wrong('a domain name', 'its last label is a number, as in an address')
}

export function rot13(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) => {
    const base = letter <= 'Z' ? 65 : 97
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
  })
}

export function fromJsonString(text: string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw wrong('a JSON string', text.trim().startsWith('"') ? (error as Error).message : 'it stands in double quotes')
  }
  if (typeof value !== 'string')
    throw wrong('a JSON string', `it is ${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}`)
  return value
}
