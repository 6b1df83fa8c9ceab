import type { JSONSchema7 } from '@ai-sdk/provider'
import { isRecord, words } from './words.ts'
import type { Fact, State } from './steps/state.ts'
import type { Row } from './types.ts'

const SHOWN = 100
const UNREAD = 'I did not understand'
export const WHO = "I am Cadre's offline planner, not a language model."
export const CAN =
  "I can read CSV, TSV, JSON, XML and YAML; clean, filter, sort, group, join, pivot and convert tables; total, average and compare figures; calculate; work with dates and units; and call this agent's tools by name."

/** The last message of the run. */
export function finalText(state: State): string {
  if (state.unread.length > 0) {
    const said = state.unread.slice(0, 5).map((text) => `"${text.length > 160 ? `${text.slice(0, 157)}...` : text}"`)
    state.problems.push(`${UNREAD} ${said.join(', ')}${state.unread.length > 5 ? ` and ${state.unread.length - 5} more` : ''}.`)
  }
  return wantsJson(state) ? JSON.stringify(jsonAnswer(state)) : textAnswer(state)
}

const JSON_WORDS =
  /\b(?:as|in|into|to|valid|return|only|output|respond with|reply with|answer with|give me|produce)\s+(?:a\s+|an\s+|the\s+|valid\s+|pure\s+|raw\s+|only\s+)*json\b|\bjson\s+(?:only|please|output|response|format|object)\b|\bem json\b|\bcomo json\b/i

function wantsJson(state: State): boolean {
  if (state.reading.wantsJson) return true
  const said = state.reading.instruction
  // "convert this JSON to CSV" asks for CSV; the JSON in it is what comes in.
  return JSON_WORDS.test(said.replace(/\b(?:this|the|following|given) json\b/gi, ' ')) && !state.facts.some((fact) => fact.type === 'text')
}

/** The facts with the rows among them, where rows were asked for or nothing else answers. */
function factsWithRows(state: State): Fact[] {
  const { at, facts } = state
  if (!at) return facts
  const holdsRows = facts.some((fact) => fact.type === 'rows' || fact.type === 'text')
  if (holdsRows) return facts
  const only = facts.length === 0 && (state.touched || state.product !== null || state.problems.length === 0)
  // "remove duplicates and tell me how many are left" asks for a number only.
  const counted = facts.length > 0 && facts.every((fact) => fact.type === 'figure' && fact.key.endsWith('count')) && state.product !== 'cleaned_data'
  if (!only && (state.product === null || counted)) return facts
  return [{ type: 'rows', key: state.product ?? 'rows', rows: at.rows, sentence: null }, ...facts]
}

function jsonAnswer(state: State): unknown {
  const facts = factsWithRows(state)
  const { schema } = state.reading
  const answer: Row = {}
  for (const fact of facts) put(answer, fact.key, valueOf(fact))
  const [only] = facts
  if (facts.length === 1 && only?.type === 'value' && only.key === 'document' && state.problems.length === 0 && !schema) return only.value
  if (schema) return fit(schema, answer, facts)
  if (facts.length === 0 && state.problems.length === 0) return { message: nothingDone(state) }
  if (state.problems.length > 0) answer.problems = state.problems
  if (state.caveats.length > 0) answer.notes = state.caveats
  return answer
}

function put(answer: Row, key: string, value: unknown) {
  let name = key
  for (let count = 2; Object.hasOwn(answer, name); count++) name = `${key}_${count}`
  answer[name] = value
}

/** Groups of one figure each are an object by name; others stay rows. */
function valueOf(fact: Fact): unknown {
  if (fact.type === 'groups') {
    const [by, value] = [fact.by[0], fact.values[0]]
    if (fact.by.length !== 1 || fact.values.length !== 1 || by === undefined || value === undefined) return fact.rows
    return Object.fromEntries(fact.rows.map((row) => [row[by] === null || row[by] === '' ? '(blank)' : String(row[by]), row[value]]))
  }
  if (fact.type === 'rows') return fact.rows
  return fact.type === 'text' ? fact.text : fact.value
}

/**
 * Lays what is known into the form that was asked for, by the words of the names and by type. What has no counterpart is left out:
 * a form that insists on it then fails the check of whoever asked, which is better than an invented value.
 */
function fit(schema: JSONSchema7, answer: Row, facts: Fact[]): unknown {
  const properties = isRecord(schema.properties) ? schema.properties : undefined
  if (schema.type === 'array') return facts.map(valueOf).find(Array.isArray) ?? Object.values(answer)
  if (!properties) return answer
  const left = new Map(facts.map((fact) => [fact, valuesOf(fact)] as const))
  const made: Row = {}
  const names = Object.keys(properties)
  const pairs = names.flatMap((name) =>
    [...left].flatMap(([fact, values]) =>
      values.filter((value) => hasType(value, properties[name])).map((value) => ({ name, fact, value, score: likeness(name, fact) })),
    ),
  )
  for (const { name, fact, value, score } of pairs.toSorted((a, b) => b.score - a.score)) {
    if (Object.hasOwn(made, name) || !left.has(fact)) continue
    const rivals = pairs.filter((pair) => pair.name === name && left.has(pair.fact))
    if (score === 0 && rivals.some((pair) => pair.fact !== fact)) continue
    made[name] = shaped(value, properties[name])
    left.delete(fact)
  }
  return Object.fromEntries(names.filter((name) => Object.hasOwn(made, name)).map((name) => [name, made[name]]))
}

/** An object of groups, or the same as rows: whichever the schema takes. */
function valuesOf(fact: Fact): unknown[] {
  if (fact.type === 'groups') return [valueOf(fact), fact.rows]
  if (fact.type === 'figure') return typeof fact.value === 'object' ? [fact.value, fact.sentence] : [fact.value, String(fact.value), fact.sentence]
  return [valueOf(fact)]
}

function hasType(value: unknown, schema: unknown): boolean {
  if (!isRecord(schema) || schema.type === undefined) return true
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  const wanted = Array.isArray(schema.type) ? schema.type : [schema.type]
  return wanted.includes(type) || (type === 'number' && wanted.includes('integer') && Number.isInteger(value))
}

function shaped(value: unknown, schema: unknown): unknown {
  if (!isRecord(schema) || !Array.isArray(value) || !isRecord(schema.items)) return value
  const inner = schema.items.properties
  if (!isRecord(inner) || !value.every(isRecord)) return value
  const names = Object.keys(inner)
  // Rows under other names than the schema's: matched by likeness, one to one.
  return value.map((row) => (names.every((name) => Object.hasOwn(row, name)) || schema.items === undefined ? row : renamed(row, names)))
}

function renamed(row: Row, names: string[]): Row {
  const keys = Object.keys(row)
  return Object.fromEntries(
    names.flatMap((name): [string, unknown][] => {
      const key =
        keys.find((item) => item === name) ??
        keys.find((item) => words(item).join('') === words(name).join('')) ??
        keys.find((item) => words(item).some((word) => words(name).includes(word)))
      return key === undefined ? [] : [[name, row[key]]]
    }),
  )
}

const NAMES_FOR: [RegExp, RegExp][] = [
  [/row|data|record|item|list|table|result/, /^(?:rows|cleaned_data)$/],
  [/total|sum/, /total/],
  [/average|mean|avg/, /average/],
  [/count|number|how_many|quantity/, /count/],
  [/answer|result|value|summary|message|text/, /./],
]

function likeness(name: string, fact: Fact): number {
  if (name === fact.key) return 100
  const [wanted, held] = [words(name), words(fact.key)]
  const shared = wanted.filter((word) => held.includes(word)).length
  const meaning = NAMES_FOR.findIndex(([asked, known]) => asked.test(name.toLowerCase()) && known.test(fact.key))
  return shared * 4 + (meaning < 0 ? 0 : 3 - meaning * 0.5)
}

function textAnswer(state: State): string {
  const facts = factsWithRows(state)
  const parts: string[] = []
  const figures = facts.flatMap((fact) => (fact.type === 'figure' ? [fact.sentence] : []))
  if (figures.length > 0) parts.push(figures.join(figures.some((line) => line.includes('\n')) ? '\n\n' : ' '))
  for (const fact of facts) {
    if (fact.type === 'groups') parts.push(`${fact.title}:\n\n${markdown(fact.rows)}`)
    else if (fact.type === 'rows') parts.push(rowsText(fact, state))
    else if (fact.type === 'text') parts.push(`\`\`\`${fact.language}\n${fact.text}\n\`\`\``)
    else if (fact.type === 'value') parts.push(`${fact.title}:\n\n\`\`\`json\n${JSON.stringify(fact.value, null, 2)}\n\`\`\``)
  }
  if (state.notes.length > 0 && facts.length > 0) parts.push(state.notes.join(' '))
  if (state.problems.length > 0)
    parts.push(
      facts.length > 0 || state.touched ? `What I could not do: ${state.problems.join(' ')}` : `${WHO} ${state.problems.join(' ')}${help(state)}`,
    )
  return parts.length > 0 ? parts.join('\n\n') : nothingDone(state)
}

function help(state: State): string {
  return state.problems.some((line) => line.startsWith(UNREAD))
    ? ` ${CAN} With the tools of this agent I could not do: ${state.reading.instruction.split('\n')[0]?.slice(0, 200)}. ${toolList(state)}`
    : ''
}

function toolList(state: State): string {
  const names = state.box.offered.map((tool) => tool.name)
  return names.length === 0 ? 'This agent has no tools.' : `Its tools are ${names.slice(0, 30).join(', ')}${names.length > 30 ? ', ...' : ''}.`
}

function nothingDone(state: State): string {
  return `${WHO} ${CAN} ${toolList(state)}`
}

function rowsText(fact: Extract<Fact, { type: 'rows' }>, state: State): string {
  const lead = fact.sentence ?? (fact.rows.length === 0 ? 'No rows are left.' : `${fact.rows.length} row${fact.rows.length === 1 ? '' : 's'}:`)
  if (fact.rows.length === 0) return lead
  const more = fact.rows.length > SHOWN ? `\n\nThese are the first ${SHOWN} of ${fact.rows.length} rows; ask for them "as JSON" to get all.` : ''
  return `${state.facts.length === 0 || fact.sentence ? lead : 'The rows:'}\n\n${markdown(fact.rows.slice(0, SHOWN))}${more}`
}

export function markdown(rows: Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (value: unknown) =>
    (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))
      .replaceAll('|', '\\|')
      .replace(/\r?\n/g, ' ')
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(names.map(cell)), line(names.map(() => '---')), ...rows.map((row) => line(names.map((name) => cell(row[name]))))].join('\n')
}
