import type { Match } from './extract.ts'

type Decimal = '.' | ','

const DIGITS = String.raw`(?:\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)`

/** 1,234.56 and 1.234,56 say themselves which mark is which; 1,234 and 1.234 do not, and are read by the decimal mark that is asked for. */
export function readNumber(written: string, decimal: Decimal): number | null {
  const plain = written.replace(/[\s'’\u00a0\u202f]/g, '')
  const [dots, commas] = [plain.split('.').length - 1, plain.split(',').length - 1]
  let mark = decimal as string
  if (dots > 0 && commas > 0) mark = plain.lastIndexOf('.') > plain.lastIndexOf(',') ? '.' : ','
  else if (dots > 1 || commas > 1) mark = dots > 1 ? ',' : '.'
  else if (dots + commas === 1 && !/[.,]\d{3}$/.test(plain)) mark = dots === 1 ? '.' : ','
  else if (dots + commas === 1 && /^(?:0|\d{4,})?[.,]/.test(plain)) mark = dots === 1 ? '.' : ','
  const other = mark === '.' ? ',' : '.'
  const read = Number(plain.replaceAll(other, '').replace(mark, '.'))
  return Number.isFinite(read) ? read : null
}

const SCALES: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mm: 1e6,
  mn: 1e6,
  mio: 1e6,
  million: 1e6,
  millions: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  billions: 1e9,
  t: 1e12,
  tn: 1e12,
  trillion: 1e12,
  trillions: 1e12,
}

const CODES =
  'USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|AUD|NZD|BRL|INR|MXN|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|ZAR|KRW|SGD|HKD|THB|IDR|MYR|PHP|VND|ILS|AED|SAR|EGP|NGN|KES|ARS|CLP|COP|PEN|UYU|RUB|UAH|TWD|ISK|BTC|ETH'
const SYMBOLS = String.raw`(?:US|CA|C|AU?|NZ|HK|S|MX|R)\$|[$€£¥₹₩₽₺₴₫₪฿₱₦₿]`
const WORDS = 'dollars?|euros?|pounds? sterling|pounds?|yen|yuan|rupees?|reais|real|francs?|cents?|pesos?|US dollars?'
const SCALE = String.raw`(?: ?(?:k|mm|mn|bn|tn|mio|[mbt])(?![\p{L}\p{N}])| (?:thousand|millions?|billions?|trillions?)(?![\p{L}\p{N}]))?`
const MONEY = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,])(?:(?<sign>[-−+(])?(?<before>${SYMBOLS}|(?:${CODES})(?= ?-?\d))[ \u00a0]?(?<minus>[-−])?(?<a>${DIGITS})(?<as>${SCALE})(?:[ \u00a0](?<code>${CODES})(?![\p{L}\p{N}]))?|(?<sign2>[-−+])?(?<b>${DIGITS})(?<bs>${SCALE})[ \u00a0]?(?<after>[€£¥₹₩₽₺₴₫₪฿₱₦₿$¢](?!\d)|(?:${CODES}|${WORDS})(?![\p{L}\p{N}])))(?![\p{L}\p{N}])`,
  'giu',
)

// Only where a sign stands for one currency; $ and ¥ do not.
const CURRENCIES: Record<string, string> = {
  US$: 'USD',
  CA$: 'CAD',
  C$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  MX$: 'MXN',
  R$: 'BRL',
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₩': 'KRW',
  '₽': 'RUB',
  '₺': 'TRY',
  '₴': 'UAH',
  '₫': 'VND',
  '₪': 'ILS',
  '฿': 'THB',
  '₱': 'PHP',
  '₦': 'NGN',
  '₿': 'BTC',
  EURO: 'EUR',
  EUROS: 'EUR',
  YEN: 'JPY',
  YUAN: 'CNY',
  REAIS: 'BRL',
  REAL: 'BRL',
  RMB: 'CNY',
  'US DOLLAR': 'USD',
  'US DOLLARS': 'USD',
  'POUND STERLING': 'GBP',
  'POUNDS STERLING': 'GBP',
}

function currencyOf(written: string): string | null {
  const upper = written.toUpperCase()
  return CURRENCIES[upper] ?? (/^[A-Z]{3}$/.test(upper) && CODES.split('|').includes(upper) ? upper : null)
}

/** 2.000 € and R$ 2.000 are two thousand where such is written; $3.499 is what a litre costs. */
function readAmount(written: string, unit: string, after: boolean, decimal: Decimal): number | null {
  const european = after || /^(?:R\$|€)$/.test(unit)
  return readNumber(written, european && /^[1-9]\d{0,2}\.\d{3}$/.test(written) ? ',' : decimal)
}

export function findMoney(text: string, decimal: Decimal): Match[] {
  return [...text.matchAll(MONEY)].flatMap((found) => {
    const { sign, before, minus, a, as, code, sign2, b, bs, after } = found.groups as Record<string, string | undefined>
    const unit = before ?? after ?? ''
    // Codes are written in capitals: "all 5 try" is no money.
    if (/^[a-z]{3}$/i.test(unit) && unit !== unit.toUpperCase() && CODES.split('|').includes(unit.toUpperCase())) return []
    const bracket = sign === '('
    const start = found.index + (bracket ? 1 : 0)
    const value = found[0].slice(bracket ? 1 : 0)
    const read = readAmount(a ?? b ?? '', unit, after !== undefined, decimal)
    if (read === null) return []
    const scale = SCALES[(as ?? bs ?? '').trim().toLowerCase()] ?? 1
    const cents = /^(?:cents?|¢)$/i.test(unit) ? 0.01 : 1
    const negative = /[-−]/.test(sign ?? '') || /[-−]/.test(sign2 ?? '') || minus !== undefined
    const amount = Number((read * scale * cents).toPrecision(15)) * (negative ? -1 : 1)
    return [{ type: 'money' as const, value, start, end: start + value.length, amount, currency: code ?? currencyOf(unit), symbol: unit }]
  })
}

// With a plain space between thousands, two groups or zeros say that it is one number: 1 000, 12 345 678.
const PLAIN = String.raw`(?:\d{1,3}(?:(?: \d{3}){2,}|(?: 0\d{2})+)(?![ ]?\d)(?:[.,]\d+)?|${DIGITS.replace(String.raw`\u202f ]`, String.raw`\u202f]`)})`
const SIGN = String.raw`(?:(?<![\p{L}\p{M}\p{N}])[-−+])?`
const NUMBER = new RegExp(
  String.raw`(?<![\p{L}\p{M}\p{N}_#@]|\p{N}[.,]|\p{L}-)${SIGN}${PLAIN}(?:[eE][+-]?\d+|[kKMB](?![\p{L}\p{N}]))?(?: ?%)?(?![\p{L}\p{N}_]|[.,]\d|:\d{2}(?!\d))`,
  'gu',
)
const ORDINAL = /(?<![\p{L}\p{N}_.,-])\d+(?=(?:st|nd|rd|th)(?![\p{L}\p{N}]))/gu
const UNITS = '°?[CF]|°|kg|mg|g|km|cm|mm|m|ft|in|lb|lbs|oz|ml|l|L|kb|mb|gb|tb|KB|MB|GB|TB|GHz|MHz|Hz|kWh|kW|W|V|px|s|ms|h|min|x|pm|am'
const WITH_UNIT = new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}_.,:/#-])${SIGN}${PLAIN}(?=(?:${UNITS})(?![\p{L}\p{N}]))`, 'gu')

export function findNumbers(text: string, decimal: Decimal): Match[] {
  const found = [NUMBER, ORDINAL, WITH_UNIT].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ 0: value, index }) => numberMatch(value, index, decimal)),
  )
  // The minutes of 10:30.
  const isMinutes = ({ start, value }: Match) => /\d:$/.test(text.slice(Math.max(0, start - 2), start)) && /^\d\d$/.test(value)
  return [...found.filter((match) => !isMinutes(match)), ...findLists(text)]
}

/** 1,2,3 without spaces. */
function findLists(text: string): Match[] {
  return [...text.matchAll(/(?<![\p{L}\p{N}_.,])\d{1,2}(?:,\d{1,2}){2,}(?![\p{L}\p{N}_]|[.,]\d)/gu)].flatMap(({ 0: list, index }) =>
    [...list.matchAll(/\d+/g)].map(({ 0: value, index: at }) => {
      const start = index + at
      return { type: 'number' as const, value, start, end: start + value.length, number: Number(value) }
    }),
  )
}

function numberMatch(value: string, index: number, decimal: Decimal): Match[] {
  const [, sign = '', body = '', exponent = '', scale = '', percent] = /^([-−+]?)(.*?)(?:([eE][+-]?\d+)|([kKMB]))?( ?%)?$/u.exec(value) ?? []
  const read = readNumber(body, decimal)
  if (read === null) return []
  const size = exponent ? Number(`${read}${exponent}`) : Number((read * (SCALES[scale.toLowerCase()] ?? 1)).toPrecision(15))
  if (!Number.isFinite(size)) return []
  const digits = body.replace(/\D/g, '').replace(/^0+/, '')
  const number = digits.length > 15 ? (Number.isSafeInteger(read) && !exponent && !scale ? read : null) : size
  const signed = number === null ? null : number * (/[-−]/.test(sign) && number !== 0 ? -1 : 1)
  return [{ type: 'number', value, start: index, end: index + value.length, number: signed, ...(percent ? { percent: true } : {}) }]
}
