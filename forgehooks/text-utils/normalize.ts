import { chosen } from './names.ts'

type Given = {
  text: string
  form?: string
  whitespace?: string
  line_ends?: string
  quotes?: boolean
  dashes?: boolean
  zero_width?: boolean
  control?: boolean
  diacritics?: boolean
  trim?: boolean
  case_fold?: boolean
}

/** Each change is made only if it is asked for; without any, the text comes in Unicode form NFC. */
export function normalize({ text, form, whitespace, line_ends, quotes, dashes, zero_width, control, diacritics, trim, case_fold }: Given) {
  let result = text
  if (zero_width) result = result.replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]/g, '').replace(LONE_JOINERS, '')
  // oxlint-disable-next-line no-control-regex -- they are what is to be removed
  if (control) result = result.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '')
  if (quotes) result = result.replace(/[‘’‚‛′`´ʼ]/g, "'").replace(/[“”„‟″«»]/g, '"')
  if (dashes) result = result.replace(/[‐‑‒–—―−]/g, '-').replaceAll('…', '...')
  if (diacritics) result = withoutDiacritics(result)
  if (line_ends !== undefined) result = result.replace(/\r\n|\r|\n|\u2028|\u2029|\u0085/g, lineEnd(line_ends))
  if (whitespace !== undefined) result = spaced(result, whitespace)
  if (trim) result = result.trim()
  if (case_fold) result = result.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ')
  const unicode = chosen(form ?? 'nfc', ['NFC', 'NFD', 'NFKC', 'NFKD', 'none'], 'form')
  if (unicode !== 'none') result = result.normalize(unicode)
  return { text: result, changed: result !== text }
}

/** Joiners shape letters and make one picture of several (families, flags); only those that join nothing go. */
const LONE_JOINERS =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])|(?<=[A-Za-z])[\u200c\u200d]|[\u200c\u200d](?=[A-Za-z])/gu

function lineEnd(name: string): string {
  const ends = { lf: '\n', crlf: '\r\n', cr: '\r' } as const
  return ends[chosen(name, ['lf', 'crlf', 'cr'], 'line_ends', { '\n': 'lf', '\r\n': 'crlf', unix: 'lf', windows: 'crlf', mac: 'cr' })]
}

function spaced(text: string, how: string): string {
  switch (
    chosen(how, ['collapse', 'collapse_lines', 'trim_lines', 'remove', 'keep'], 'whitespace', {
      all: 'collapse',
      single: 'collapse',
      none: 'keep',
      strip: 'remove',
    })
  ) {
    case 'collapse':
      return text.replace(/\s+/g, ' ').trim()
    case 'collapse_lines':
      return text
        .replace(/[^\S\r\n]+/g, ' ')
        .replace(/ ?(\r\n|\r|\n) ?/g, '$1')
        .replace(/(\r\n|\r|\n)(?:\r\n|\r|\n){2,}/g, '$1$1')
        .trim()
    case 'trim_lines':
      return text.replace(/[^\S\r\n]+(?=\r|\n|$)/g, '')
    case 'remove':
      return text.replace(/\s+/g, '')
    default:
      return text
  }
}

// Letters that no Unicode form takes apart.
const FOLDED: Record<string, string> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  ħ: 'h',
  Ħ: 'H',
  ŧ: 't',
  Ŧ: 'T',
  ŋ: 'n',
  Ŋ: 'N',
}

/** Latin, Greek and Cyrillic letters without their marks; in other scripts the marks are letters of their own. */
export function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]\p{M}*)\p{M}/gu, '')
    .normalize('NFC')
    .replace(/[ßẞæÆœŒøØđĐðÐþÞłŁıħĦŧŦŋŊ]/g, (letter) => FOLDED[letter] as string)
}
