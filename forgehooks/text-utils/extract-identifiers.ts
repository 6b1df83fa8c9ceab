import type { Match } from './extract.ts'

const UUID = /(?<![\p{L}\p{N}-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\p{L}\p{N}]|-[\p{L}\p{N}])/giu
const CARD = /(?<![\p{L}\p{N}.,+-])\d(?:[ -]?\d){12,18}(?![\p{L}\p{N}]|[-.,]\d)/gu
// Looks ahead: what looks like the beginning of one may run on into the next, which is one.
const IBAN = /(?<![\p{L}\p{N}])(?=([A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}))/giu

export function findIdentifiers(text: string): Match[] {
  return [...findUuids(text), ...findIbans(text), ...findCards(text)]
}

function findUuids(text: string): Match[] {
  return [...text.matchAll(UUID)].map(({ 0: value, index }) => ({ type: 'uuid', value, start: index, end: index + value.length }))
}

function findCards(text: string): Match[] {
  return [...text.matchAll(CARD)].flatMap(({ 0: value, index }) => {
    const digits = value.replace(/[ -]/g, '')
    const separators = new Set(value.match(/[ -]/g))
    return luhn(digits) && separators.size < 2 && /[1-9]/.test(digits)
      ? [{ type: 'credit_card' as const, value, start: index, end: index + value.length, digits, brand: brandOf(digits) }]
      : []
  })
}

/** ISO/IEC 7812-1, annex B. */
export function luhn(digits: string): boolean {
  let sum = 0
  for (const [index, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

const BRANDS: [string, RegExp][] = [
  ['visa', /^4(?:\d{12}|\d{15}|\d{18})$/],
  ['mastercard', /^(?:5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12})$/],
  ['amex', /^3[47]\d{13}$/],
  ['discover', /^(?:6011|65\d\d|64[4-9]\d)\d{12}$/],
  ['diners', /^3(?:0[0-5]|[68]\d)\d{11}$/],
  ['jcb', /^35(?:2[89]|[3-8]\d)\d{12}$/],
  ['unionpay', /^62\d{14,17}$/],
]

/** Null where no issuer has such a number. */
export function brandOf(digits: string): string | null {
  return BRANDS.find(([, pattern]) => pattern.test(digits))?.[0] ?? null
}

/** Lengths from the registry of SWIFT. */
const LENGTHS: Record<string, number> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
}

export function findIbans(text: string): Match[] {
  const found: Match[] = []
  for (const { 1: whole = '', index } of text.matchAll(IBAN)) {
    const length = LENGTHS[whole.slice(0, 2).toUpperCase()]
    if (length === undefined || index < (found.at(-1)?.end ?? 0)) continue
    // The pattern may have run on into the next word.
    let end = 0
    for (let letters = 0; end < whole.length && letters < length; end++) if (whole[end] !== ' ') letters++
    const value = whole.slice(0, end)
    const iban = value.replaceAll(' ', '').toUpperCase()
    const cut = /^[\p{L}\p{N}]/u.test(text.slice(index + end, index + end + 2))
    if (iban.length === length && !cut && mod97(iban))
      found.push({ type: 'iban', value, start: index, end: index + end, iban, country: iban.slice(0, 2) })
  }
  return found
}

/** ISO 13616. */
function mod97(iban: string): boolean {
  const moved = iban.slice(4) + iban.slice(0, 4)
  let rest = 0
  for (const letter of moved) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}
