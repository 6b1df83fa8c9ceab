import { columnsOf } from '../columns.ts'
import { isRecord, isRows } from '../words.ts'
import type { Toolbox } from '../toolbox.ts'
import type { Column, Reading, Row, Source } from '../types.ts'

export type Table = { name: string; rows: Row[]; columns: Column[] }

/** What there is to tell. Every figure in it came from a tool or stands in the data. */
export type Fact =
  | { type: 'figure'; key: string; value: unknown; sentence: string }
  | { type: 'groups'; key: string; title: string; by: string[]; values: string[]; rows: Row[] }
  | { type: 'rows'; key: string; rows: Row[]; sentence: string | null }
  | { type: 'text'; key: string; text: string; language: string }
  | { type: 'value'; key: string; value: unknown; title: string }

export type State = {
  reading: Reading
  box: Toolbox
  sources: Source[]
  tables: Table[]
  /** The table that the next request is about. */
  at: Table | undefined
  /** The last grouping, which "sort it" and "the top 3" speak of. */
  group: Extract<Fact, { type: 'groups' }> | undefined
  /** Columns named by "group ... by ...", waiting for the figures. */
  groupBy: string[]
  groupsUsed: boolean
  focus: string | undefined
  sorted: boolean
  facts: Fact[]
  /** How words were understood, and what tools reported beside their result. */
  notes: string[]
  /** Those notes that an answer must not go without, even where it is JSON only. */
  caveats: string[]
  problems: string[]
  /** Requests that no rule could read. */
  unread: string[]
  /** Set when going on would give wrong figures. */
  stopped: boolean
  /** Whether the rows themselves were asked for: cleaned, renamed, with a new column. */
  product: 'cleaned_data' | 'rows' | null
  touched: boolean
}

export function newState(reading: Reading, box: Toolbox, sources: Source[]): State {
  return {
    reading,
    box,
    sources,
    tables: [],
    at: undefined,
    group: undefined,
    groupBy: [],
    groupsUsed: false,
    focus: undefined,
    sorted: false,
    facts: [],
    notes: [],
    caveats: [],
    problems: [],
    unread: [],
    stopped: false,
    product: null,
    touched: false,
  }
}

export function tableOf(name: string, rows: Row[]): Table {
  return { name, rows, columns: columnsOf(rows) }
}

export function setRows(state: State, rows: Row[]) {
  const table = tableOf(state.at?.name ?? 'rows', rows)
  // A table without rows keeps its columns: later requests still name them.
  if (rows.length === 0 && state.at) table.columns = state.at.columns
  state.tables = state.tables.map((item) => (item === state.at ? table : item))
  state.at = table
  state.touched = true
}

export function caveat(state: State, text: string) {
  note(state, text)
  if (!state.caveats.includes(text)) state.caveats.push(text)
}

export function note(state: State, text: string) {
  if (!state.notes.includes(text)) state.notes.push(text)
}

/** The rows in what a tool answered, under whatever name it gives them. */
export function rowsIn(value: unknown): Row[] | undefined {
  if (isRows(value)) return value
  if (Array.isArray(value) && value.length === 0) return []
  if (!isRecord(value)) return undefined
  for (const key of ['rows', 'data', 'result', 'results', 'items', 'records', 'output', 'value']) {
    const held = value[key]
    if (isRows(held) || (Array.isArray(held) && held.length === 0)) return held as Row[]
  }
  return Object.values(value).find(isRows)
}

/** The one value that a tool answered. */
export function valueIn(value: unknown, keys: string[] = []): unknown {
  if (!isRecord(value)) return value
  for (const key of [...keys, 'result', 'value', 'answer', 'output', 'iso', 'date', 'text', 'count']) if (value[key] !== undefined) return value[key]
  return value
}

export function textIn(value: unknown, keys: string[]): string | undefined {
  if (typeof value === 'string') return value
  if (!isRecord(value)) return undefined
  for (const key of [...keys, 'text', 'output', 'result', 'value', 'content']) {
    const held = value[key]
    if (typeof held === 'string') return held
  }
  return Object.values(value).find((item) => typeof item === 'string')
}

export function failure(attempt: { error: string; tool: string | null }, what: string): string {
  return attempt.tool ? `${what} failed: ${attempt.tool} said "${attempt.error}".` : `${what} is not possible here: ${attempt.error}`
}
