/** What a text became, and whether its digits were those of another script. */
export type Clean = { text: string; foreignDigits: boolean }

const DASHES = /[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g
const QUOTES = /[\u2018\u2019\u02BC\u00B4`]/g
// Marks that steer the direction of writing, and spaces without width: they are no part of a date.
const INVISIBLE = /[\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF\u00AD]/g

/** One way to write what is written in many: ASCII digits, dashes, slashes, quotes and spaces. */
export function clean(input: string): Clean {
  let foreignDigits = false
  const digits = input.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => {
    if (digit >= '0' && digit <= '9') return digit
    foreignDigits = true
    return String(digitValue(digit))
  })
  let text = digits
    .replace(INVISIBLE, '')
    .replace(DASHES, '-')
    .replace(QUOTES, "'")
    .replace(/[\u2044\u2215]/g, '/')
    .replace(/[،、]/g, ',')
    .trim()
    .replace(/\s+/g, ' ')
  // 2024年3月5日14時30分 and 2024년 3월 5일
  text = text
    .replace(/^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]/, (_, year: string, month: string, day: string) => `${year}-${month}-${day} `)
    .replace(/ (\d{1,2}) ?[時시] ?(\d{1,2}) ?[分분](?: ?(\d{1,2}) ?[秒초])?$/, (_, hour: string, minute: string, second?: string) =>
      second ? ` ${hour}:${minute.padStart(2, '0')}:${second.padStart(2, '0')}` : ` ${hour}:${minute.padStart(2, '0')}`,
    )
    .replace(/^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월]$/, '$1-$2')
    .replace(/^(\d{4}) ?[年년]$/, '$1')
  return { text: unwrapped(text.trim()).replace(/(?<=[\p{L}\d])[.,;]$/u, ''), foreignDigits }
}

/** Without the quotes or brackets around the whole text. */
function unwrapped(text: string): string {
  const match = /^(?:"(.*)"|'(.*)'|\[(.*)\]|\((.*)\)|<(.*)>)$/.exec(text)
  const inner = match?.slice(1).find((part) => part !== undefined)
  return inner === undefined || /["[\]()<>]/.test(inner) ? text : inner.trim()
}

/** The digits of each script are ten in a row: the place in the row is the value. */
function digitValue(digit: string): number {
  let code = digit.codePointAt(0) as number
  let value = 0
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - 1))) {
    code--
    value++
  }
  return value
}
