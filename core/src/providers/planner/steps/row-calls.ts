import { AGGREGATE_WORDS } from '../naming.ts'
import { takes, wordFor, type PlannedCall } from '../toolbox.ts'
import { type State } from './state.ts'
import type { Condition, Op, Row } from '../types.ts'
import type { Of, RowOperation } from './rows.ts'

const OP_WORDS: Record<Op, string[]> = {
  eq: ['eq', '=', '==', 'equals', 'is'],
  ne: ['ne', '!=', '<>', 'neq', 'not_equals', 'not_eq', 'is_not'],
  gt: ['gt', '>', 'greater_than'],
  gte: ['gte', '>=', 'ge', 'greater_or_equal', 'at_least'],
  lt: ['lt', '<', 'less_than'],
  lte: ['lte', '<=', 'le', 'less_or_equal', 'at_most'],
  contains: ['contains', 'includes', 'like'],
  not_contains: ['not_contains', 'excludes', 'not_like'],
  starts_with: ['starts_with', 'startsWith', 'begins_with'],
  ends_with: ['ends_with', 'endsWith'],
  empty: ['empty', 'is_empty', 'is_null', 'blank', 'missing', 'null'],
  not_empty: ['not_empty', 'is_not_empty', 'not_null', 'is_not_null', 'present', 'exists'],
  in: ['in', 'one_of', 'any_of'],
  not_in: ['not_in', 'nin', 'none_of'],
}
const OPPOSITE: Record<Op, Op> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'lte',
  lte: 'gt',
  lt: 'gte',
  gte: 'lt',
  contains: 'not_contains',
  not_contains: 'contains',
  empty: 'not_empty',
  not_empty: 'empty',
  in: 'not_in',
  not_in: 'in',
  starts_with: 'starts_with',
  ends_with: 'ends_with',
}

export function callsFor(operation: RowOperation, rows: Row[], state: State): PlannedCall[] {
  const tool = (name: string) => state.box.find(name)
  const transform = (name: string, input: Record<string, unknown>): PlannedCall => ({ tool: `data-transform__${name}`, input })
  const json = (expression: string): PlannedCall => ({ tool: 'json-utils__query', input: { data: rows, expression } })
  switch (operation.type) {
    case 'clean':
      return [transform('clean', { rows })]
    case 'iso_dates': {
      const parseDates = tool('date-utils__parse_dates')
      const order = operation.order ? { order: wordFor(parseDates, 'order', [operation.order.toLowerCase(), operation.order]) } : {}
      return [{ tool: 'date-utils__parse_dates', input: { rows, ...(operation.fields.length > 0 ? { fields: operation.fields } : {}), ...order } }]
    }
    case 'filter': {
      const conditions = operation.negate
        ? negated(operation.conditions, operation.match, rows)
        : { list: operation.conditions, match: operation.match }
      const filter = tool('data-transform__filter')
      const where = conditions.list.map(({ field, op, value }) => ({
        field,
        op: wordFor(filter, 'op', OP_WORDS[op]),
        ...(value === undefined ? {} : { value }),
      }))
      // There is no word for "does not start with".
      const isWordless = operation.negate && operation.conditions.some((item) => item.op === 'starts_with' || item.op === 'ends_with')
      const match = wordFor(filter, 'match', conditions.match === 'all' ? ['all', 'and'] : ['any', 'or'])
      return [
        ...(isWordless ? [] : [transform('filter', { rows, where, match })]),
        json(`[$[${jsonata(operation.conditions, operation.match, operation.negate)}]]`),
      ]
    }
    case 'sort':
      return [
        transform('sort', { rows, by: operation.by }),
        json(`[$^(${operation.by.map((key) => `${key.direction === 'desc' ? '>' : '<'}${quoted(key.field)}`).join(', ')})]`),
      ]
    case 'limit': {
      const limit = tool('data-transform__limit')
      if (operation.from === 'start') return [transform('limit', { rows, count: operation.count })]
      return takes(limit, 'from')
        ? [transform('limit', { rows, count: operation.count, from: wordFor(limit, 'from', ['end', 'last', 'tail']) })]
        : takes(limit, 'offset')
          ? [transform('limit', { rows, count: operation.count, offset: Math.max(0, rows.length - operation.count) })]
          : []
    }
    case 'rename':
      return [transform('rename', { rows, fields: operation.fields })]
    case 'cast':
      // One tool's "text" is another tool's "string".
      return ['text', 'string'].map((word) =>
        transform('cast', {
          rows,
          fields: Object.fromEntries(Object.entries(operation.fields).map(([name, type]) => [name, type === 'string' ? word : type])),
        }),
      )
    case 'dedupe':
      return [
        transform('dedupe', { rows, ...(operation.by.length > 0 ? { by: operation.by } : {}) }),
        transform('dedupe', { rows, by: operation.by.length > 0 ? operation.by : (state.at?.columns.map((column) => column.name) ?? []) }),
      ]
    case 'fill': {
      const fillTool = tool('data-transform__fill')
      const method = wordFor(
        fillTool,
        'method',
        {
          value: ['value', 'constant', 'fixed'],
          previous: ['previous', 'forward', 'ffill', 'last'],
          next: ['next', 'backward', 'bfill'],
          mean: ['mean', 'average', 'avg'],
          median: ['median'],
          mode: ['mode', 'most_common'],
          zero: ['zero'],
        }[operation.method],
      )
      return [transform('fill', { rows, fields: operation.fields, method, ...(operation.value === undefined ? {} : { value: operation.value }) })]
    }
    case 'add_column':
      return [
        {
          tool: 'formula-engine__add_column',
          input: { rows, name: operation.name, expression: operation.expression, ...(operation.replaces ? { replace: true } : {}) },
        },
      ]
    case 'join': {
      const [left, right] = [
        state.tables.find((table) => table.name === operation.left),
        state.tables.find((table) => table.name === operation.right),
      ]
      const joinTool = tool('data-transform__join')
      const type = wordFor(joinTool, 'type', operation.kind === 'full' ? ['full', 'outer'] : [operation.kind])
      const sides = { left: left?.rows ?? [], right: right?.rows ?? [] }
      const pair = { left: operation.leftKey, right: operation.rightKey }
      const same = operation.leftKey === operation.rightKey
      return (
        same
          ? [[operation.leftKey], operation.leftKey, [pair], pair]
          : [
              [pair],
              pair,
              { left: [operation.leftKey], right: [operation.rightKey] },
              { [operation.leftKey]: operation.rightKey },
              [`${operation.leftKey}=${operation.rightKey}`],
            ]
      ).map((on) => transform('join', { ...sides, on, type }))
    }
    case 'pivot': {
      const pivotTool = tool('data-transform__pivot')
      const aggregate = wordFor(pivotTool, 'aggregate', AGGREGATE_WORDS[operation.aggregate] ?? ['sum'])
      return [
        transform('pivot', { rows, index: operation.index, columns: operation.column, values: operation.values, aggregate }),
        transform('pivot', { rows, index: operation.index[0], columns: operation.column, values: operation.values, aggregate }),
      ]
    }
    case 'unpivot':
      return unpivotCalls(operation, rows, state)
    default:
      return []
  }
}

function unpivotCalls(operation: Of<'unpivot'>, rows: Row[], state: State): PlannedCall[] {
  const unpivot = state.box.find('data-transform__unpivot')
  const given: Record<string, unknown> = { rows }
  const put = (names: string[], value: unknown) => {
    const name = names.find((item) => takes(unpivot, item))
    if (name) given[name] = value
  }
  put(['columns', 'fields', 'values'], operation.fields)
  put(['index', 'keep', 'id', 'ids', 'by'], operation.keep)
  put(['names_to', 'name', 'name_to', 'key', 'variable', 'column_name', 'as_name', 'into_name'], operation.name)
  put(['values_to', 'value', 'value_to', 'value_name', 'as_value', 'into_value'], operation.value)
  return [{ tool: 'data-transform__unpivot', input: given }]
}

function negated(conditions: Condition[], match: 'all' | 'any', rows: Row[]): { list: Condition[]; match: 'all' | 'any' } {
  const list = conditions.flatMap((item): Condition[] => {
    const opposite: Condition = { ...item, op: OPPOSITE[item.op] }
    // A row without an amount has no amount below 5: it stays when those below 5 go.
    const compares = item.op === 'gt' || item.op === 'gte' || item.op === 'lt' || item.op === 'lte'
    const blanks = compares && rows.some((row) => row[item.field] === null || row[item.field] === undefined || row[item.field] === '')
    return blanks ? [opposite, { field: item.field, op: 'empty' }] : [opposite]
  })
  return { list, match: list.length > 1 && (match === 'all' || conditions.length === 1) ? 'any' : 'all' }
}

const quoted = (field: string) => `\`${field.replaceAll('`', '')}\``

/** The same conditions in JSONata, for agents that have json-utils but not data-transform. */
function jsonata(conditions: Condition[], match: 'all' | 'any', negate: boolean): string {
  const parts = conditions.map(({ field, op, value }) => {
    const name = quoted(field)
    const literal = JSON.stringify(value)
    const text = `$lowercase($string(${name}))`
    const lower = JSON.stringify(String(value).toLowerCase())
    const missing = `($not($exists(${name})) or ${name} = null or ${name} = "")`
    switch (op) {
      case 'eq':
        return typeof value === 'string' ? `${text} = ${lower}` : `${name} = ${literal}`
      case 'ne':
        return typeof value === 'string' ? `${text} != ${lower}` : `${name} != ${literal}`
      case 'contains':
        return `$contains(${text}, ${lower})`
      case 'not_contains':
        return `$not($contains(${text}, ${lower}))`
      case 'starts_with':
        return `$substring(${text}, 0, ${String(value).length}) = ${lower}`
      case 'ends_with':
        return `$substring(${text}, -${String(value).length}) = ${lower}`
      case 'empty':
        return missing
      case 'not_empty':
        return `$not(${missing})`
      case 'in':
        return `${name} in ${literal}`
      case 'not_in':
        return `$not(${name} in ${literal})`
      default:
        return `${name} ${{ gt: '>', gte: '>=', lt: '<', lte: '<=' }[op]} ${literal}`
    }
  })
  const all = parts.map((part) => `(${part})`).join(match === 'all' ? ' and ' : ' or ')
  return negate ? `$not(${all})` : all
}
