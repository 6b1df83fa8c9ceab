import { columnName } from './expressions.ts'
import { stem, plain } from '../words.ts'
import type { Scene } from './scene.ts'
import type { Column, Operation } from '../types.ts'

const PARTS: Record<string, (column: string) => string> = {
  month: (column) => `TEXT(${column}, "yyyy-mm")`,
  year: (column) => `YEAR(${column})`,
  quarter: (column) => `CONCAT(YEAR(${column}), "-Q", QUARTER(${column}))`,
  weekday: (column) => `DAYNAME(${column})`,
  day: (column) => `TEXT(${column}, "yyyy-mm-dd")`,
}
const WORDS: Record<string, string> = {
  month: 'month',
  monthly: 'month',
  year: 'year',
  yearly: 'year',
  annual: 'year',
  annually: 'year',
  quarter: 'quarter',
  quarterly: 'quarter',
  weekday: 'weekday',
  'day of the week': 'weekday',
  'day of week': 'weekday',
  day: 'day',
  daily: 'day',
  mes: 'month',
  ano: 'year',
}

export type DatePart = { name: string; before: Operation[]; column: Column }

/** "by month" over a table that has a date but no month: the part of the date becomes a column for this figure. */
export function datePart(said: string, scene: Pick<Scene, 'columns' | 'rows'>): DatePart | undefined {
  const clean = plain(said).trim()
  const part = WORDS[clean] ?? WORDS[stem(clean)]
  if (!part) return undefined
  const dates = scene.columns.filter((column) => column.kind === 'date')
  const date = dates[0]
  if (!date || dates.length !== 1 || scene.columns.some((column) => plain(column.name) === part)) return undefined
  const iso = scene.rows.every((row) => row[date.name] === null || row[date.name] === '' || /^\d{4}-\d{2}-\d{2}/.test(String(row[date.name])))
  const first: Operation[] = iso ? [] : [{ type: 'iso_dates', fields: [date.name], order: null, pattern: null }]
  return {
    name: part,
    column: date,
    before: [
      ...first,
      { type: 'add_column', name: part, expression: (PARTS[part] as (column: string) => string)(columnName(date.name)), replaces: false },
    ],
  }
}
