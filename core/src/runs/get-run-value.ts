import { CadreError } from '@cadre/contract/errors'
import { isOver } from '@cadre/contract/run-events'
import { foldTrace } from '@cadre/contract/fold-run'
import type { ReadRunValue } from '@cadre/contract/run-values'
import type { ModelCall, Step } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { requireRun } from './get-run.ts'
import { decodeEvents, unshelve } from './journal-codec.ts'
import { type RunRow, type StoredEvent, selectEvents } from './runs.store.ts'

/** One whole value as a file: text as it is, anything else as JSON. */
export async function getRunValue(app: { db: Db }, actor: Actor, { runId, step, call, of }: { runId: string } & ReadRunValue): Promise<File> {
  const row = await requireRun(app, actor, runId)
  if (step !== undefined) return fileOf(valueOfStep(await oneStep(app, row, step), of), `step-${step}-${of}`)
  if (call !== undefined) return fileOf(valueOfCall(await oneCall(app, row, call), of), `model-call-${call}-${of}`)
  return fileOf(row.data === null ? null : await unshelve(app.db.read, fromJson(row.data)), of)
}

function valueOfStep(step: Step, of: ReadRunValue['of']): unknown {
  if (of === 'all') return step
  return of === 'original_input' ? step.approval?.original_input : step[of as 'input' | 'output' | 'error']
}

function valueOfCall(call: ModelCall, of: ReadRunValue['of']): unknown {
  return of === 'all' ? call : call[of as 'text' | 'reasoning' | 'tool_calls' | 'context']
}

function fileOf(value: unknown, name: string): File {
  if (typeof value === 'string') return new File([value], `${name}.txt`, { type: 'text/plain' })
  return new File([JSON.stringify(value ?? null, null, 2)], `${name}.json`, { type: 'application/json' })
}

/** Of a long journal only what is about that step is taken apart. */
async function oneStep(app: { db: Db }, row: RunRow, number: number): Promise<Step> {
  const events = await selectEvents(app.db.read, row.id)
  const own = events.filter((event) => isAbout(event, 'step', number))
  const call = own.map(callOf).find((each) => each !== undefined)
  const asked = events.filter((event) => event.type === 'model.completed' && call !== undefined && isAbout(event, 'call', call))
  const found = (await traceOf(app, row, [...asked, ...own])).steps.find((each) => each.step === number)
  if (!found) throw missing('step', number, row)
  return found
}

async function oneCall(app: { db: Db }, row: RunRow, number: number): Promise<ModelCall> {
  const events = await selectEvents(app.db.read, row.id)
  const own = events.filter((event) => event.type === 'model.completed' && isAbout(event, 'call', number))
  const [found] = (await traceOf(app, row, own)).model_calls
  if (!found) throw missing('call', number, row)
  return found
}

async function traceOf(app: { db: Db }, row: RunRow, events: StoredEvent[]) {
  return foldTrace(await decodeEvents(app.db.read, row, events), isOver(row.status as never))
}

function missing(path: 'step' | 'call', number: number, row: RunRow) {
  const message = `the run '${row.id}' has no ${path === 'step' ? 'step' : 'model call'} ${number}`
  return new CadreError('INVALID', `${path}: ${message}`, [{ path, message }])
}

/** What has no such number anywhere in its text is not parsed: a journal may have tens of thousands of events. */
function isAbout({ data }: StoredEvent, field: 'step' | 'call', number: number): boolean {
  return data.includes(`"${field}":${number}`) && (fromJson(data) as Record<string, unknown>)[field] === number
}

const callOf = ({ data }: StoredEvent) => (fromJson(data) as { call?: number }).call
