import { defaultMeasure, fieldIn, isMoneyWord, type Mention } from '../columns.ts'
import { plain } from '../words.ts'
import type { Column, Operation, Row } from '../types.ts'

/** What a clause is read against: the table as it is by now, the last grouping, the other tables. */
export type Scene = {
  columns: Column[]
  rows: Row[]
  tables: { name: string; columns: Column[] }[]
  grouped: { columns: Column[]; rows: Row[]; values: string[] } | undefined
  /** The column that was last made or changed, which "it" means. */
  focus: string | undefined
  /** What the last figures were split by. */
  groupColumns: string[]
  sorted: boolean
  /** How words were understood where they were not simply a column's name; shown with the answer. */
  assume: (note: string) => void
}

export type Step = { operation: Operation; on: 'table' | 'group' }
export type Rule = (text: string, scene: Scene) => Step[] | undefined

export const onTable = (...operations: Operation[]): Step[] => operations.map((operation) => ({ operation, on: 'table' }))
export const onGroup = (...operations: Operation[]): Step[] => operations.map((operation) => ({ operation, on: 'group' }))

export function problem(message: string): Step[] {
  return onTable({ type: 'problem', message })
}

/** The column a phrase stands for. A likeness that is no plain match is said aloud. */
export function field(phrase: string, scene: Pick<Scene, 'columns' | 'assume'>): Column | undefined {
  const found = fieldIn(phrase, scene.columns)
  if (found) {
    noteOf(found, scene)
    return found.column
  }
  const measure = phrase.split(/\s+/).some(isMoneyWord) ? defaultMeasure(scene.columns) : undefined
  if (measure && !/^\W*(?:totals?|sums?|values?)?\W*$/i.test(phrase))
    scene.assume(`I took "${phrase.trim()}" to mean the column ${measure.name}, the only one that fits.`)
  return measure
}

function noteOf(found: Mention, scene: Pick<Scene, 'assume'>) {
  if (found.how === 'synonym') scene.assume(`I took "${found.said}" to mean the column ${found.column.name}.`)
}

/** A list such as "a, b and c" of columns; `missing` holds what is no column. */
export function fieldList(phrase: string, scene: Scene): { fields: string[]; missing: string[] } {
  const fields: string[] = []
  const missing: string[] = []
  for (const part of phrase.split(/\s*(?:,|;|\/|\band\b|&|\+)\s*/i)) {
    const said = part
      .trim()
      .replace(/^(?:the|only|just|its|their|both|by|per|columns?|fields?)\s+/i, '')
      .replace(/\s+(?:columns?|fields?|only)$/i, '')
    if (!said) continue
    const found = field(said, scene)
    if (!found) missing.push(said)
    else if (!fields.includes(found.name)) fields.push(found.name)
  }
  return { fields, missing }
}

export function columnsSentence(scene: Pick<Scene, 'columns'>): string {
  return scene.columns.length > 0 ? `The columns are ${scene.columns.map((column) => column.name).join(', ')}.` : 'The data has no columns.'
}

export function unquote(text: string): string {
  return text.trim().replace(/^["'`“”‘’]+|["'`“”‘’]+$/g, '')
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
export const DATE_TEXT = `(?:\\d{4}-\\d{2}-\\d{2}(?:[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?|\\d{4}/\\d{1,2}/\\d{1,2}|\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4}(?: \\d{1,2}:\\d{2})?|(?:the )?\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH}\\.?,? \\d{4}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|${MONTH}\\.? \\d{1,2}(?:st|nd|rd|th)?\\b(?! \\d)|today|tomorrow|yesterday|christmas)`
export const PERIOD_TEXT = `(?:${MONTH},? (?:of )?\\d{4}|\\d{4}-\\d{2}(?!-)|q[1-4],? ?(?:of )?\\d{4}|(?:19|20)\\d{2}(?![-\\d]))`

/** The first day of a period and the first day after it: `March 2024`, `2024`, `Q2 2024`, `2024-05`. */
export function period(text: string): { from: string; to: string } | undefined {
  const said = plain(text).trim()
  const year = Number(/\d{4}/.exec(said)?.[0])
  if (!year) return undefined
  const quarter = /q([1-4])/.exec(said)?.[1]
  if (quarter) return months(year, (Number(quarter) - 1) * 3, 3)
  const iso = /^\d{4}-(\d{2})$/.exec(said)?.[1]
  if (iso) return months(year, Number(iso) - 1, 1)
  const month = MONTHS.findIndex((name) => said.startsWith(name))
  return month >= 0 ? months(year, month, 1) : months(year, 0, 12)
}

function months(year: number, first: number, count: number): { from: string; to: string } {
  const day = (month: number) => `${year + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`
  return { from: day(first), to: day(first + count) }
}

/** A date of the instruction as YYYY-MM-DD where there is but one way to read it. */
export function isoDay(text: string): string | undefined {
  const said = plain(text).replace(/^the /, '').trim()
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})/.exec(said)
  if (iso) return [iso[1], iso[2]?.padStart(2, '0'), iso[3]?.padStart(2, '0')].join('-')
  const named =
    /^(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+)\.?,? (\d{4})$/.exec(said) ?? swap(/^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/.exec(said))
  const month = named ? MONTHS.findIndex((name) => named[2]?.startsWith(name)) : -1
  return named && month >= 0 ? `${named[3]}-${String(month + 1).padStart(2, '0')}-${named[1]?.padStart(2, '0')}` : undefined
}

function swap(match: RegExpExecArray | null): (string | undefined)[] | null {
  return match && [match[0], match[2], match[1], match[3]]
}
