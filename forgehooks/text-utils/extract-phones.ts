import type { Match } from './extract.ts'

const EXTENSION = String.raw`(?:[ ,]*(?:ext\.?|extension|x|#)[ .:]*\d{1,6}(?!\d))?`
const BEFORE = String.raw`(?<![\p{L}\p{N}_/@#$€£.,:-]|[\p{N}] )`
const AFTER = String.raw`(?![\p{L}\p{N}_]|[-.,/:]\d)`
const FORMS = [
  // +44 (0)20 7946 0958
  String.raw`\+[1-9](?:[ .\-/]?\(?\d\)?){6,14}`,
  // 00 44 20 7946 0958
  String.raw`00[ .-]?[1-9](?:[ .-]?\d){8,13}`,
  // (555) 123-4567, 555.123.4567, 1-800-555-0199, 555 123 4567
  String.raw`(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])\d{3}[-. ]\d{4}`,
  // (11) 91234-5678, (020) 7946 0958
  String.raw`\(\d{2,5}\)[ -]?\d{3,5}(?:[ -]\d{3,4}){1,2}`,
  // 020 7946 0958, 01 23 45 67 89, 030/1234567
  String.raw`0\d{1,4}[ \-/]\d{2,4}(?:[ -]\d{2,4}){1,4}`,
  String.raw`0\d(?:\.\d{2}){4}`,
  String.raw`0\d{1,4}[ /-]\d{5,8}`,
  // 555-1234
  String.raw`[2-9]\d{2}-\d{4}`,
]
const PHONE = new RegExp(`${BEFORE}(?:${FORMS.join('|')})${EXTENSION}${AFTER}`, 'giu')

export function findPhones(text: string): Match[] {
  return [...text.matchAll(PHONE)].flatMap(({ 0: value, index }) => {
    const [main = '', extension] = value.split(/[ ,]*(?:ext\.?|extension|x|#)[ .:]*/i)
    const digits = main.replace(/\D/g, '')
    if (digits.length < 7 || digits.length > 15) return []
    const international = main.startsWith('+') ? `+${main.replace('(0)', '').replace(/\D/g, '')}` : null
    return [
      { type: 'phone' as const, value, start: index, end: index + value.length, digits, e164: international, ...(extension ? { extension } : {}) },
    ]
  })
}
