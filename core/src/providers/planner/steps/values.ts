import { looksLikeSchema } from '../find-data.ts'
import { isRecord, plain } from '../words.ts'
import { failure, textIn, valueIn, type State } from './state.ts'
import type { Operation, Row, Source } from '../types.ts'

type Of<T extends Operation['type']> = Extract<Operation, { type: T }>
export type ValueOperation = Of<'validate' | 'query' | 'flatten' | 'diff' | 'write'>
const VALUE_TYPES = new Set<Operation['type']>(['validate', 'query', 'flatten', 'diff', 'write'])
export function isValueOperation(operation: Operation): operation is ValueOperation {
  return VALUE_TYPES.has(operation.type)
}

export function runOnValues(operation: ValueOperation, state: State) {
  switch (operation.type) {
    case 'validate':
      return validate(state)
    case 'query':
      return query(operation.expression, state)
    case 'flatten':
      return flatten(state)
    case 'diff':
      return diff(state)
    case 'write':
      return write(operation.format, state)
  }
}

const NO_JSON = 'no tool for it is offered (json-utils has one).'

function content(source: Source, state: State): unknown {
  if (source.kind === 'value') return source.value
  if (source.kind === 'rows') return source.rows
  return state.tables.find((table) => table.name === source.name)?.rows ?? source.text
}

/** The values to work on: what the user named, without the object that only holds the others. */
function candidates(state: State): { name: string; value: unknown }[] {
  const all = state.sources.map((source) => ({ name: source.name, value: content(source, state) }))
  const inner = all.filter(
    (item) => !(item.name === 'data' && isRecord(item.value) && all.some((other) => other !== item && Object.hasOwn(item.value as Row, other.name))),
  )
  return inner.length > 0 ? inner : all
}

function validate(state: State) {
  const all = candidates(state)
  const schema = all.find((item) => /schema/i.test(item.name) && isRecord(item.value)) ?? all.findLast((item) => looksLikeSchema(item.value))
  const data = all.find((item) => item !== schema)
  if (!schema || !data) {
    if (!schema && data && typeof data.value === 'object') {
      state.facts.push({
        type: 'figure',
        key: 'validation',
        value: null,
        sentence: 'The JSON can be read. There is no JSON Schema in the message to check it against.',
      })
      return
    }
    state.problems.push(
      schema
        ? 'I found a JSON Schema but no data to check against it.'
        : 'To validate I need a JSON Schema beside the data (for example data: {"schema": {...}, "json": {...}}).',
    )
    return
  }
  const attempt = state.box.attempt([{ tool: 'json-utils__validate', input: { data: data.value, schema: schema.value } }], NO_JSON)
  if (!attempt.ok) {
    state.problems.push(failure(attempt, 'Validating'))
    return
  }
  const { valid, problems } = attempt.value as { valid: boolean; problems: { path: string; message: string }[] }
  const said = problems.slice(0, 20).map(({ path, message }) => [path, message].filter((part) => part !== '').join(' '))
  state.facts.push({
    type: 'figure',
    key: 'validation',
    value: attempt.value,
    sentence: valid
      ? 'The JSON is valid: it fits the schema.'
      : `The JSON does not fit the schema${said.length > 0 ? `:\n${said.map((line) => `- ${line}`).join('\n')}` : '.'}`,
  })
}

function query(expression: string, state: State) {
  const data = state.touched ? state.at?.rows : (candidates(state).find((item) => item.value !== undefined)?.value ?? state.at?.rows)
  const attempt = state.box.attempt(
    [
      {
        tool: 'json-utils__query',
        input: {
          data: state.reading.data !== undefined && typeof state.reading.data === 'object' && !state.touched ? state.reading.data : data,
          expression,
        },
      },
    ],
    NO_JSON,
  )
  if (!attempt.ok) {
    state.problems.push(failure(attempt, 'The query'))
    return
  }
  const value = valueIn(attempt.value)
  if (typeof value === 'object' && value !== null) state.facts.push({ type: 'value', key: 'result', value, title: `${expression} gives` })
  else state.facts.push({ type: 'figure', key: 'result', value, sentence: `${expression} gives ${String(value)}.` })
}

function flatten(state: State) {
  const data = state.touched && state.at ? state.at.rows : candidates(state)[0]?.value
  if (data === undefined) {
    state.problems.push('I found nothing to flatten.')
    return
  }
  const attempt = state.box.attempt([{ tool: 'json-utils__flatten', input: { data } }], NO_JSON)
  if (!attempt.ok) state.problems.push(failure(attempt, 'Flattening'))
  else state.facts.push({ type: 'value', key: 'flattened', value: valueIn(attempt.value, ['data', 'flat', 'flattened']), title: 'Flattened' })
}

function diff(state: State) {
  const all = candidates(state)
  const byName = (pattern: RegExp) => all.find((item) => pattern.test(plain(item.name)))
  const from = byName(/^(?:old|before|from|a|left|first|previous|original|v1|antes)\w*$/) ?? all[0]
  const to = byName(/^(?:new|after|to|b|right|second|current|updated|changed|v2|depois)\w*$/) ?? all.find((item) => item !== from)
  if (!from || !to || from === to) {
    state.problems.push('To compare I need two values, for example data: {"old": {...}, "new": {...}}.')
    return
  }
  const attempt = state.box.attempt([{ tool: 'json-utils__diff', input: { from: from.value, to: to.value } }], NO_JSON)
  if (!attempt.ok) {
    state.problems.push(failure(attempt, 'Comparing'))
    return
  }
  const list = isRecord(attempt.value) ? Object.values(attempt.value).find(Array.isArray) : attempt.value
  if (Array.isArray(list) && list.length === 0)
    state.facts.push({ type: 'figure', key: 'changes', value: [], sentence: `${from.name} and ${to.name} are the same.` })
  else
    state.facts.push({
      type: 'value',
      key: 'changes',
      value: Array.isArray(list) ? list : attempt.value,
      title: `${Array.isArray(list) ? `${list.length} change${list.length === 1 ? '' : 's'}` : 'Changes'} from ${from.name} to ${to.name}`,
    })
}

/** The document as it came, where it is more than one table and nothing was changed. */
function wholeDocument(state: State): Row | undefined {
  if (state.touched || state.group || state.facts.length > 0) return undefined
  const found = state.sources.find((source) => source.kind === 'value' && isRecord(source.value) && !looksLikeSchema(source.value))
  return found?.kind === 'value' && isRecord(found.value) ? found.value : undefined
}

function write(format: Of<'write'>['format'], state: State) {
  const whole = format === 'csv' || format === 'tsv' || format === 'markdown' || format === 'ndjson' ? undefined : wholeDocument(state)
  if (format === 'json') {
    state.reading.wantsJson = true
    if (whole) state.facts.push({ type: 'value', key: 'document', value: whole, title: 'The document' })
    if (state.at && state.facts.length === 0) state.product ??= 'rows'
    return
  }
  const rows = whole ? undefined : (state.group?.rows ?? state.at?.rows)
  const value = whole ?? rows ?? candidates(state)[0]?.value
  if (format === 'markdown' && rows) {
    // Groups are shown as a table anyway.
    if (state.group) return
    state.facts.push({ type: 'rows', key: 'rows', rows, sentence: null })
    return
  }
  if (value === undefined) {
    state.problems.push(`I found no data to write as ${format.toUpperCase()}.`)
    return
  }
  const generic = { tool: 'data-transform__format', input: { ...(rows ? { rows } : { value }), format } }
  const calls =
    format === 'csv' && rows
      ? [{ tool: 'data-transform__json_to_csv', input: { rows } }, generic]
      : [generic, { tool: 'data-transform__format', input: { value: value, format } }]
  const attempt = state.box.attempt(calls, 'no tool that writes it is offered (data-transform has one).')
  if (!attempt.ok) {
    state.problems.push(failure(attempt, `Writing ${format.toUpperCase()}`))
    return
  }
  const text = textIn(attempt.value, [format, 'csv', 'tsv', 'text', 'yaml', 'xml'])
  if (text === undefined) state.problems.push(`Writing ${format.toUpperCase()} failed: ${attempt.tool} answered without text.`)
  else {
    state.facts = state.facts.filter((fact) => fact !== state.group)
    state.facts.push({ type: 'text', key: format, text: text.replace(/\r\n/g, '\n').trimEnd(), language: format })
  }
}
