import { brandOf, findIbans, luhn } from '../text-utils/extract-identifiers.ts'
import type { Found, Kind } from './find.ts'

/** Not within a word, and not the digits of a larger number: 0.4111111111111111 is no card. */
const from = String.raw`(?<![\p{L}\p{N}_]|\d[.,])`
const to = String.raw`(?![\p{L}\p{N}_]|[.,]\d)`
const gap = '[ .-]'

const contiguous = new RegExp(`${from}\\d{13,19}${to}`, 'gu')
/** As cards are printed: 4-4-4-4 with up to three more, 4-6-5, 4-6-4. They look ahead, since one may begin within what is none. */
const printed = [
  `\\d{4}(?:${gap}\\d{4}){3}${gap}\\d{1,3}`,
  `\\d{4}(?:${gap}\\d{4}){3}`,
  `\\d{4}${gap}\\d{6}${gap}\\d{4,5}`,
  `\\d(?:[ -]\\d){12,18}`,
].map((shape) => new RegExp(`(?<![\\p{L}\\p{N}_])(?=(${shape})(?![\\p{L}\\p{N}_]))`, 'gu'))

/** Payment cards: an issuer's number with the right check digit (ISO/IEC 7812-1). */
export function findCards(text: string): Found[] {
  const found: Found[] = []
  const add = (value: string, index: number) => {
    const digits = value.replace(/\D/g, '')
    if (!luhn(digits) || !(brandOf(digits) ?? brazilian.test(digits))) return
    found.push({ kind: 'credit_card', start: index, end: index + value.length })
  }
  for (const { 0: value, index } of text.matchAll(contiguous)) add(value, index)
  for (const shape of printed) for (const { 1: value = '', index } of text.matchAll(shape)) add(value, index)
  return found
}

/** Elo and Hipercard, beside the brands of the world. */
const brazilian =
  /^(?:(?:4011(?:78|79)|431274|438935|451416|457393|45763[12]|504175|50(?:6699|67\d\d|9\d{3})|627780|636297|636368|65\d{4})\d{10}|606282\d{10}(?:\d{3})?)$/

/** Bank accounts by their international numbers (ISO 13616). */
export function findAccounts(text: string): Found[] {
  const spaced = text.replace(/(?<=[A-Za-z0-9])[-.](?=[A-Za-z0-9])/g, ' ')
  return findIbans(spaced).map(({ start, end }) => ({ kind: 'iban', start, end }))
}

const cpf = new RegExp(`${from}(?:\\d{3}[. ]\\d{3}[. ]\\d{3}[-./ ]\\d{2}|\\d{9}[- ]\\d{2}|\\d{11})${to}`, 'gu')
const cnpj = new RegExp(
  `${from}(?:[0-9A-Z]{2}[. ][0-9A-Z]{3}[. ][0-9A-Z]{3}[/ ][0-9A-Z]{4}[- ]\\d{2}|[0-9A-Z]{8}/[0-9A-Z]{4}-?\\d{2}|\\d{12}-\\d{2}|\\d{14})${to}`,
  'gu',
)

/** The numbers by which Brazil knows people (CPF) and companies (CNPJ, since 2026 with letters), where the check digits are right. */
export function findBrazilian(text: string): Found[] {
  const find = (kind: Kind, pattern: RegExp, isRight: (value: string) => boolean) =>
    [...text.matchAll(pattern)].flatMap(({ 0: value, index }): Found[] => (isRight(value) ? [{ kind, start: index, end: index + value.length }] : []))
  return [...find('cpf', cpf, isCpf), ...find('cnpj', cnpj, isCnpj)]
}

export function isCpf(text: string): boolean {
  const values = text.replace(/\D/g, '')
  // The same digit eleven times has the right check digits and is nobody's number.
  return values.length === 11 && !/^(\d)\1*$/.test(values) && checked(values, 9, 11)
}

export function isCnpj(text: string): boolean {
  const values = text.replace(/[^0-9A-Z]/g, '')
  if (values.length !== 14 || /^(.)\1*$/.test(values) || isTimestamp(text)) return false
  return checked(values, 12, 9)
}

/** 20240305101500 has the length of one and mostly is the time of something. */
function isTimestamp(text: string) {
  return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text)
}

/** Both end with two digits modulo 11, their weights growing from 2 on from the right; up to `heaviest`, where they begin again. */
function checked(values: string, length: number, heaviest: number): boolean {
  const digitAfter = (part: string) => {
    let sum = 0
    for (let i = 0; i < part.length; i++) sum += (part.charCodeAt(part.length - 1 - i) - 48) * (2 + (i % (heaviest - 1)))
    return sum % 11 < 2 ? 0 : 11 - (sum % 11)
  }
  const first = digitAfter(values.slice(0, length))
  return values.slice(length) === `${first}${digitAfter(values.slice(0, length) + first)}`
}
