import { detect, readDelimited, yaml, findData } from '../find-data.ts'
import { together, takes } from '../toolbox.ts'
import { isRecord } from '../words.ts'
import { caveat, note, rowsIn, tableOf, type State, type Table } from './state.ts'
import type { Row, Source } from '../types.ts'

type TextSource = Extract<Source, { kind: 'text' }>

/** Turns everything tabular in the data into tables, texts through the tools that read them. */
export function loadTables(state: State) {
  if (state.tables.length > 0) return
  const tables = together(state.sources.map((source) => () => load(source, state)))
  state.tables = unique(tables.filter((table) => table !== undefined))
  state.at = state.tables[0]
}

function load(source: Source, state: State): Table | undefined {
  if (source.kind === 'rows') return tableOf(source.name, source.rows)
  if (source.kind === 'value') return listTable(source)
  const delimiter = source.delimiter ?? (source.format === 'tsv' ? '\t' : ',')
  const csv = source.format === 'csv' || source.format === 'tsv'
  const withDelimiter = delimiter !== ',' && takes(state.box.find('data-transform__csv_to_json'), 'delimiter')
  const parse = { tool: 'data-transform__parse', input: { text: source.text, format: source.format } }
  const candidates = csv
    ? [{ tool: 'data-transform__csv_to_json', input: { csv: source.text, ...(withDelimiter ? { delimiter } : {}) } }, parse]
    : [parse]
  const attempt = state.box.attempt(candidates, `no tool that reads ${source.format.toUpperCase()} is offered (data-transform has one).`)
  if (attempt.ok) return fromTool(source, attempt.value, state)
  const rows = csv ? readDelimited(source.text, delimiter) : source.format === 'yaml' ? rowsOfValue(yaml(source.text)) : undefined
  if (rows && rows.length > 0 && attempt.tool === null) {
    note(state, `No tool that reads ${source.format.toUpperCase()} is offered, so I read it myself.`)
    return tableOf(source.name, rows)
  }
  state.problems.push(
    attempt.tool
      ? `The ${source.format.toUpperCase()} could not be read: ${attempt.tool} said "${attempt.error}".`
      : `I could not read the ${source.format.toUpperCase()}: ${attempt.error}`,
  )
  return undefined
}

function fromTool(source: TextSource, value: unknown, state: State): Table | undefined {
  const rows = rowsIn(value) ?? rowsOfValue(isRecord(value) && value.value !== undefined ? value.value : value)
  if (isRecord(value)) for (const key of ['warnings', 'errors', 'notes']) reportList(value[key], source.format, state)
  const whole = isRecord(value) && 'value' in value ? value.value : value
  // A document around the table stays at hand: to be written in another format it must be whole.
  if (rows && isRecord(value) && isRecord(value.value)) state.sources = [...state.sources, { kind: 'value', name: source.name, value: whole }]
  if (rows) return tableOf(source.name, rows)
  state.sources = state.sources.map((item) => (item === source ? { kind: 'value', name: source.name, value: whole } : item))
  return undefined
}

function reportList(list: unknown, format: string, state: State) {
  if (!Array.isArray(list) || list.length === 0) return
  const said = list
    .slice(0, 3)
    .map((item) => (isRecord(item) && typeof item.message === 'string' ? item.message : typeof item === 'string' ? item : JSON.stringify(item)))
  caveat(state, `While reading the ${format.toUpperCase()}: ${said.join('; ')}${list.length > 3 ? ` and ${list.length - 3} more` : ''}.`)
}

/** Lists of records anywhere in a parsed document; a single record is a table of one row. */
function rowsOfValue(value: unknown): Row[] | undefined {
  const found = findData('', value).sources.find((source) => source.kind === 'rows')
  if (found?.kind === 'rows') return found.rows
  return isRecord(value) && Object.values(value).every((item) => typeof item !== 'object') && Object.keys(value).length > 1 ? [value] : undefined
}

/** A list of plain numbers or words is a table of one column. */
function listTable(source: Extract<Source, { kind: 'value' }>): Table | undefined {
  const { value } = source
  if (!Array.isArray(value) || value.length === 0 || value.some((item) => typeof item === 'object')) return undefined
  const name = source.name === 'data' || /\W|^value/.test(source.name) ? 'value' : source.name
  return tableOf(
    source.name,
    value.map((item) => ({ [name]: item as unknown })),
  )
}

/** Two tables of one name could not be told apart. */
function unique(tables: Table[]): Table[] {
  return tables.map((table, at) =>
    tables.findIndex((other) => other.name === table.name) === at ? table : { ...table, name: `${table.name} ${at + 1}` },
  )
}

export function hasTables(sources: Source[]): boolean {
  return sources.some(
    (source) =>
      source.kind !== 'value' ||
      (Array.isArray(source.value) && source.value.length > 0) ||
      (typeof source.value === 'string' && detect(source.value) !== undefined),
  )
}
