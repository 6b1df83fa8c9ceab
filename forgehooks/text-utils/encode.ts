import { HookError } from '@cadre/contract/forgehook'
import { bytesOf, textOf, wellFormed, type BytesAs } from './bytes.ts'
import {
  formEncoded,
  fromIdna,
  fromJsonString,
  fromQuotedPrintable,
  htmlEscaped,
  htmlUnescaped,
  percentDecoded,
  percentEncoded,
  rot13,
  toIdna,
  toQuotedPrintable,
} from './codecs.ts'
import { chosen } from './names.ts'
import { fromPunycode, toPunycode } from './punycode.ts'

const FORMATS = ['base64', 'base64url', 'hex', 'url', 'form', 'html', 'idna', 'punycode', 'quoted_printable', 'json', 'rot13'] as const
type Format = (typeof FORMATS)[number]
const ALSO: Record<string, Format> = {
  b64: 'base64',
  base64_url: 'base64url',
  base64urlsafe: 'base64url',
  urlsafe_base64: 'base64url',
  base16: 'hex',
  hexadecimal: 'hex',
  url_component: 'url',
  uri: 'url',
  uri_component: 'url',
  percent: 'url',
  percent_encoding: 'url',
  urlencode: 'url',
  url_form: 'form',
  form_urlencoded: 'form',
  'x-www-form-urlencoded': 'form',
  'application/x-www-form-urlencoded': 'form',
  html_entities: 'html',
  entities: 'html',
  html_escape: 'html',
  domain: 'idna',
  idn: 'idna',
  qp: 'quoted_printable',
  json_string: 'json',
}
const BYTES = new Set<Format>(['base64', 'base64url', 'hex', 'quoted_printable'])

export function encode({ text, format, input = 'text' }: { text: string; format: string; input?: BytesAs }) {
  const as = chosen(format, FORMATS, 'format', ALSO)
  if (!BYTES.has(as) && input !== 'text') throw new HookError(`${as} writes text, not bytes; leave input out`, 'input')
  return { result: encoded(text, as, input), format: as }
}

function encoded(text: string, format: Format, input: BytesAs): string {
  switch (format) {
    case 'base64':
    case 'base64url':
    case 'hex':
      return bytesOf(text, input, 'text').toString(format)
    case 'quoted_printable':
      return toQuotedPrintable(bytesOf(text, input, 'text'))
    case 'url':
      return percentEncoded(wellFormed(text, 'text'))
    case 'form':
      return formEncoded(wellFormed(text, 'text'))
    case 'html':
      return htmlEscaped(text)
    case 'idna':
      return toIdna(text)
    case 'punycode':
      return toPunycode(wellFormed(text, 'text'))
    case 'json':
      return JSON.stringify(text)
    case 'rot13':
      return rot13(text)
  }
}

export async function decode({ text, format, output = 'text' }: { text: string; format: string; output?: BytesAs }) {
  const as = chosen(format, FORMATS, 'format', ALSO)
  if (BYTES.has(as)) {
    const bytes = as === 'quoted_printable' ? fromQuotedPrintable(text) : bytesOf(text, as as BytesAs, 'text')
    return { result: output === 'text' ? textOf(bytes, 'text') : bytes.toString(output), format: as }
  }
  const result = await decoded(text, as)
  return { result: output === 'text' ? result : bytesOf(result, 'text', 'text').toString(output), format: as }
}

function decoded(text: string, format: Format): string | Promise<string> {
  switch (format) {
    case 'url':
    case 'form':
      return percentDecoded(text, format)
    case 'html':
      return htmlUnescaped(text)
    case 'idna':
      return fromIdna(text)
    case 'punycode':
      return fromPunycode(text)
    case 'json':
      return fromJsonString(text)
    default:
      return rot13(text)
  }
}
