export type DecodedText = { text: string; charset: string; warnings: string[] }

type Decoder = InstanceType<typeof TextDecoder>

const marks: [string, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]
/** Where a page must say its encoding, if it does not say it in the head. */
const prescanBytes = 1_024

/**
 * Bytes as text in the encoding that they are in: a byte order mark says it first, then the header, then the document itself; else UTF-8, and
 * where the bytes are none, windows-1252, which browsers take.
 */
export function decodeText(body: Uint8Array, contentType: string | null): DecodedText {
  const warnings: string[] = []
  const named = [charsetOf(contentType), documentCharset(body, contentType)].filter((name) => name !== null)
  const marked = marks.find(([, bytes]) => bytes.every((byte, at) => body[at] === byte))?.[0]
  for (const label of [marked, ...named].filter((name) => name !== undefined)) {
    const decoder = decoderFor(label)
    if (!decoder) warnings.push(`the encoding '${label.slice(0, 50)}' is not known`)
    else return decodeAs(decoder, body, warnings)
  }
  const text = strict(body)
  if (text !== null) return { text, charset: 'utf-8', warnings }
  warnings.push('the answer names no encoding and is not UTF-8: it was read as windows-1252')
  return { text: new TextDecoder('windows-1252').decode(body), charset: 'windows-1252', warnings }
}

/** Whether bytes of a kind that nobody named look like text: UTF-8 without control characters. */
export function looksLikeText(body: Uint8Array): boolean {
  if (marks.some(([, bytes]) => bytes.every((byte, at) => body[at] === byte))) return true
  const text = strict(body)
  return text !== null && !/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text)
}

function strict(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}

function decodeAs(decoder: Decoder, body: Uint8Array, warnings: string[]): DecodedText {
  const text = decoder.decode(body)
  try {
    new TextDecoder(decoder.encoding, { fatal: true }).decode(body)
  } catch {
    warnings.push(`some bytes are no ${decoder.encoding} and stand as \uFFFD`)
  }
  return { text, charset: decoder.encoding, warnings }
}

function decoderFor(label: string): Decoder | null {
  try {
    return new TextDecoder(label)
  } catch {
    return null
  }
}

function charsetOf(contentType: string | null): string | null {
  return (
    /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,]+))/i
      .exec(contentType ?? '')
      ?.slice(1)
      .find(Boolean)
      ?.trim() ?? null
  )
}

/** `<meta charset>`, `<meta http-equiv content>`, `<?xml encoding?>`, `@charset`. */
function documentCharset(body: Uint8Array, contentType: string | null): string | null {
  const type = contentType?.toLowerCase() ?? ''
  const start = new TextDecoder('latin1').decode(body.subarray(0, prescanBytes)).replace(/<!--[\s\S]*?-->/g, '')
  const xml = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/i.exec(start)?.[1]
  // In a document that could be read this far, UTF-16 is not what it is in (HTML Standard, prescan).
  const fixed = (label: string | undefined) => (label === undefined ? null : /^utf-?16/i.test(label) ? 'utf-8' : label)
  if (xml !== undefined && !/json|css|plain/.test(type)) return fixed(xml)
  if (/css/.test(type)) return fixed(/^@charset "([\w.:-]+)";/.exec(start)?.[1])
  if (type !== '' && !/html/.test(type)) return null
  const meta = [...start.matchAll(/<meta\s[^>]*>/gi)].map(([tag]) => /\bcharset\s*=\s*["']?\s*([\w.:-]+)/i.exec(tag)?.[1])
  return fixed(meta.find(Boolean))
}
