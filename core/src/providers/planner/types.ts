import type { JSONSchema7 } from '@ai-sdk/provider'

export type Row = Record<string, unknown>

export type OfferedTool = { name: string; description: string; schema: JSONSchema7 }

/** What an earlier call of this instruction answered, as the prompt tells it. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: string }
export type PastCall = { id: string; tool: string; input: unknown; outcome: Outcome | undefined }

/** The prompt, taken apart. `past` holds the calls made since the instruction; `callCount` counts all calls of the conversation. */
export type Reading = {
  system: string
  instruction: string
  data: unknown
  past: PastCall[]
  callCount: number
  /** A JSON Schema that the answer must fit, where the call or the system prompt gives one. */
  schema: JSONSchema7 | undefined
  wantsJson: boolean
}

/** Something in the data that a plan can start from. `text` still has to be read by a tool (or, where none is offered, here). */
export type Source =
  | { kind: 'rows'; name: string; rows: Row[] }
  | { kind: 'text'; name: string; format: TextFormat; text: string; delimiter?: string }
  | { kind: 'value'; name: string; value: unknown }
export type TextFormat = 'csv' | 'tsv' | 'json' | 'ndjson' | 'xml' | 'yaml'

export type ColumnKind = 'number' | 'date' | 'boolean' | 'text' | 'nested' | 'empty'
export type Column = { name: string; words: string[]; kind: ColumnKind; unique: boolean; filled: number }

export type Op =
  | 'eq'
  | 'ne'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'contains'
  | 'not_contains'
  | 'starts_with'
  | 'ends_with'
  | 'empty'
  | 'not_empty'
  | 'in'
  | 'not_in'
/** `figure`: compared with a figure over the same rows, which a tool works out first ("above the average"). */
export type Condition = { field: string; op: Op; value?: unknown; figure?: Aggregate }
export type AggregateOp = 'sum' | 'avg' | 'median' | 'min' | 'max' | 'count' | 'count_distinct' | 'stddev' | 'variance' | 'mode'
export type Aggregate = { op: AggregateOp; field: string | null; digits?: number }
export type SortKey = { field: string; direction: 'asc' | 'desc' }
export type DateUnit = 'days' | 'weeks' | 'months' | 'years' | 'hours' | 'minutes' | 'seconds' | 'quarters'

/** What a clause asks for, in terms that tools can do. Operations on `rows` change the table at hand; the others answer something. */
export type Operation =
  | { type: 'clean' }
  | { type: 'iso_dates'; fields: string[]; order: 'DMY' | 'MDY' | 'YMD' | null; pattern: string | null }
  | { type: 'filter'; conditions: Condition[]; match: 'all' | 'any'; negate: boolean }
  | { type: 'sort'; by: SortKey[] }
  | { type: 'limit'; count: number; from: 'start' | 'end' }
  | { type: 'select'; fields: string[] }
  | { type: 'drop'; fields: string[] }
  | { type: 'rename'; fields: Record<string, string> }
  | { type: 'cast'; fields: Record<string, string> }
  | { type: 'dedupe'; by: string[] }
  | { type: 'fill'; fields: string[]; method: 'value' | 'previous' | 'next' | 'mean' | 'median' | 'mode' | 'zero'; value?: unknown }
  | { type: 'add_column'; name: string; expression: string; replaces: boolean }
  | { type: 'share'; by: string[]; field: string | null }
  | { type: 'join'; left: string; right: string; leftKey: string; rightKey: string; kind: 'inner' | 'left' | 'right' | 'full' }
  | { type: 'pivot'; index: string[]; column: string; values: string; aggregate: AggregateOp }
  | { type: 'unpivot'; fields: string[]; keep: string[]; name: string; value: string }
  | { type: 'aggregate'; by: string[]; aggregates: Aggregate[] }
  /** "Group the orders by status": what the figures asked for next are split by. */
  | { type: 'group_by'; by: string[] }
  | { type: 'best'; by: string[]; aggregate: Aggregate; direction: 'asc' | 'desc'; count: number }
  | { type: 'extreme_row'; field: string; direction: 'asc' | 'desc'; show: string | null }
  | { type: 'count_rows'; noun: string }
  | { type: 'distinct'; field: string }
  /** A formula over whole columns, such as a correlation. */
  | { type: 'formula'; expression: string; label: string }
  | { type: 'describe' }
  | { type: 'show' }
  | { type: 'columns' }
  | { type: 'write'; format: 'csv' | 'tsv' | 'json' | 'ndjson' | 'xml' | 'yaml' | 'markdown' }
  | { type: 'calculate'; expression: string; said: string }
  | { type: 'scale'; operator: '*' | '/' | '+' | '-'; by: string }
  | { type: 'statistics'; values: number[]; wanted: AggregateOp[] }
  | { type: 'convert'; value: number; from: string; to: string }
  | { type: 'date_diff'; from: string; to: string; unit: DateUnit }
  | { type: 'business_days'; from: string; to: string }
  | { type: 'today' }
  | { type: 'business_add'; date: string; days: number }
  | { type: 'date_add'; date: string; amount: number; unit: DateUnit }
  | { type: 'weekday_from'; date: string; weekday: number; side: 'after' | 'before' }
  | { type: 'weekday_of'; date: string }
  | { type: 'date_range'; from: string; to: string; unit: DateUnit }
  | { type: 'convert_zone'; date: string; from: string | null; to: string }
  | { type: 'parse_date'; text: string }
  | { type: 'validate' }
  | { type: 'check_rows'; rules: Record<string, unknown>[] }
  | { type: 'query'; expression: string }
  | { type: 'flatten' }
  | { type: 'diff' }
  | { type: 'tool'; tool: string; input: Record<string, unknown> }
  /** Understood well enough to say why it cannot be done, or what has to be known first. */
  | { type: 'problem'; message: string }
  /** Nothing to do by itself: "return as JSON", "show me the result". */
  | { type: 'nothing' }
