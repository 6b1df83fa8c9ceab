import type { JournalEvent, ModelPart } from '@cadre/contract/run-events'
import { getBlob, putBlob } from '../storage/blobs.ts'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { beginningOf, cutEvent, mayBeLarger, sizeOver } from './cut-values.ts'
import { outputOf } from './output.ts'
import type { EventRow, RunRow } from './runs.store.ts'

/** An event before it has its number. */
export type NewEvent = JournalEvent extends infer E ? (E extends JournalEvent ? Omit<E, 'seq' | 'at'> : never) : never

/** Values whose JSON is longer go to a blob of their own, shared by all who hold the same value. */
const inlineLimit = 4096

/**
 * Nothing is stored twice: the tool, action and input of `tool.started` stand in the model's answer before it, the output of
 * `run.ended` in the run. Both are put back when the journal is read.
 */
export async function encodeEvent(trx: Trx, event: NewEvent, at: number): Promise<EventRow> {
  const { type, ...data } = event as NewEvent & Record<string, unknown>
  if (event.type === 'tool.started' || event.type === 'approval.requested')
    for (const key of ['tool', 'action', 'input', 'call_id']) if (key !== 'input' || !data['edited']) delete data[key]
  if (data['edited']) data['input'] = await shelve(trx, data['input'])
  if (event.type === 'approval.decided' && event.edited_input) data['edited_input'] = await shelve(trx, event.edited_input)
  if (event.type === 'run.ended') for (const key of ['output', 'output_text', 'error']) delete data[key]
  if (event.type === 'tool.completed') data['output'] = await shelve(trx, event.output)
  if (event.type === 'input.added') data['text'] = await shelve(trx, event.text)
  if (event.type === 'context.compacted') data['record'] = await shelve(trx, event.record)
  if (event.type === 'model.completed') {
    data['content'] = await shelve(trx, event.content)
    if (event.context) data['context'] = await shelve(trx, event.context)
  }
  return { type, at, data: toJson(data) }
}

type StoredRow = { seq: number; type: string; at: number; data: string }

/** @param limit values that take more bytes come cut. */
export async function decodeEvents(db: Db['read'], run: RunRow, rows: StoredRow[], limit = Infinity): Promise<JournalEvent[]> {
  /** Of each model call, the tool calls that it asked for. */
  const calls = new Map<number, ToolCallPart[]>()
  /** Those whose inputs may have to be cut. */
  const largeCalls = new Set<number>()
  const events: JournalEvent[] = []
  for (const row of rows) {
    const data = fromJson(row.data) as Record<string, unknown>
    let isLarge = mayBeLarger(row.data, limit)
    for (const key of shelved[row.type] ?? []) {
      if (!isReference(data[key])) continue
      if (row.type === 'tool.completed' && limit !== Infinity) await unshelveResult(db, data, limit)
      else {
        data[key] = await unshelve(db, data[key])
        isLarge = true
      }
    }
    if (row.type === 'model.completed') {
      calls.set(data['call'] as number, toolCallsIn(data['content'] as ModelPart[]))
      if (isLarge) largeCalls.add(data['call'] as number)
    } else if (row.type === 'tool.started' || row.type === 'approval.requested') {
      const { input } = data
      Object.assign(data, describeCall(calls.get(data['call'] as number)?.[data['index'] as number]))
      if (data['edited']) data['input'] = input
      isLarge ||= largeCalls.has(data['call'] as number)
    } else if (row.type === 'run.ended') Object.assign(data, endOf(run))
    data['seq'] = row.seq
    data['at'] = new Date(row.at).toISOString()
    data['type'] = row.type
    const event = data as unknown as JournalEvent
    events.push(isLarge && limit !== Infinity ? cutEvent(event, limit) : event)
  }
  return events
}

/** The result of a tool: where it is cut, what it is need not be read as a whole. */
async function unshelveResult(db: Db['read'], data: Record<string, unknown>, limit: number) {
  const { $blob } = data['output'] as { $blob: unknown }
  const stored = await getBlob(db, String($blob))
  // Text is as large as it is, without the quotes and escapes of JSON.
  const text = stored.startsWith('"') ? String(fromJson(stored)) : stored
  const bytes = sizeOver(text, limit)
  if (bytes === null) return void (data['output'] = fromJson(stored))
  data['output'] = beginningOf(text)
  data['cut'] = { output: bytes }
}

/** What may be in a blob of its own. */
const shelved: Record<string, string[]> = {
  'model.completed': ['content', 'context'],
  'input.added': ['text'],
  'context.compacted': ['record'],
  'tool.completed': ['output'],
  'tool.started': ['input'],
  'approval.decided': ['edited_input'],
}

function endOf(run: RunRow) {
  const error = run.error_code === null ? null : { code: run.error_code, message: run.error_message ?? '' }
  return { output: outputOf(run.status, run.output_text), output_text: run.output_text, error }
}

/** The tool call at this place (from 0) in a model's answer, taken apart. */
export function calledTool(content: ModelPart[], index: number) {
  return describeCall(toolCallsIn(content)[index])
}

type ToolCallPart = Extract<ModelPart, { type: 'tool-call' }>
const toolCallsIn = (content: ModelPart[]) => content.filter((part) => part.type === 'tool-call')

function describeCall(part: ToolCallPart | undefined) {
  if (!part) return { tool: '', action: '', input: null, call_id: '' }
  return { ...splitToolName(part.tool), input: readInput(part.input) ?? part.input, call_id: part.call_id }
}

export function splitToolName(name: string) {
  const at = name.indexOf('__')
  return at < 0 ? { tool: name, action: 'invoke' } : { tool: name.slice(0, at), action: name.slice(at + 2) }
}

/** What a model wrote as the input of a tool: an object, or undefined when it is none. Nothing at all means no arguments. */
export function readInput(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** A JSON value for a column: itself, or a reference to a blob when it is large or could be taken for such a reference. */
export async function shelve(trx: Trx, value: unknown): Promise<unknown> {
  const text = toJson(value ?? null)
  if (text.length <= inlineLimit && !text.startsWith('{"$blob":')) return value ?? null
  return { $blob: await putBlob(trx, text) }
}

export async function unshelve(db: Db['read'], value: unknown): Promise<unknown> {
  return isReference(value) ? fromJson(await getBlob(db, String(value.$blob))) : value
}

function isReference(value: unknown): value is { $blob: unknown } {
  return typeof value === 'object' && value !== null && '$blob' in value
}
