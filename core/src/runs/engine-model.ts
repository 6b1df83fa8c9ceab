import { hash } from 'node:crypto'
import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Content, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { JournalEvent, ModelPart } from '@cadre/contract/run-events'
import type { ResolvedModel } from '../providers/providers.ts'
import type { Trx } from '../storage/database.ts'
import { noTokens, toUsd } from '../usage/prices.ts'
import { addCost, type Batch, type Execution, sumsOf, toolCallsOf } from './execution.ts'
import { takeAddition, withAddition } from './added-input.ts'
import { askModels } from './engine-ask.ts'
import { StaleLease } from './journal.ts'
import { readInput, splitToolName, type NewEvent } from './journal-codec.ts'
import { mayNeedApproval } from './run-labels.ts'
import type { Bill } from './spend-call.ts'
import { toolsShown } from './tool-search.ts'

type Answer = Omit<Extract<JournalEvent, { type: 'model.completed' }>, 'seq' | 'at'>

/**
 * The model wrapper: answers the n-th call of a run from the journal, or calls the provider, records, and only then goes on. Tools
 * start on what this returns, so nothing ever follows from an answer that is not on disk.
 */
export function journaledModel(x: Execution, model: ResolvedModel): LanguageModelV3 {
  let calls = 0
  const { provider, modelId, supportedUrls } = model.languageModel
  return {
    specificationVersion: 'v3',
    provider,
    modelId,
    supportedUrls,
    doStream() {
      throw new Error('the engine is always asked to generate; engine-stream.ts streams from the provider')
    },
    async doGenerate(asked) {
      const call = calls + 1
      const recorded = x.past.calls.get(call)
      if (!recorded) x.journal.mayGoOn(`model call ${call}`)
      // The planner inside takes one instruction at a time.
      if (!recorded && model.type !== 'builtin') await takeAddition(x, call, asked.prompt)
      const options = { ...asked, prompt: withAddition(x, call, asked.prompt), tools: toolsShown(asked, model.type === 'builtin') }
      const answer = recorded ? await replayed(x, recorded, options) : await callAndRecord(x, model, call, options)
      calls = call
      return toResult(answer)
    },
  }
}

async function replayed(x: Execution, recorded: Answer, options: LanguageModelV3CallOptions) {
  // What another run was asked may have been something else.
  if (!recorded.taken_over && recorded.request_hash !== hashOf(options)) {
    const message = `model call ${recorded.call} was asked differently than the recorded one; the recorded answer is used`
    await x.journal.append([{ type: 'run.warning', code: 'REPLAY_DIFFERS', message }])
  }
  openBatch(x, recorded)
  countAnswer(x, recorded)
  noteRefused(x, recorded.call)
  return recorded
}

async function callAndRecord(x: Execution, model: ResolvedModel, call: number, options: LanguageModelV3CallOptions): Promise<Answer> {
  // An answer that was thought to be the last holds its worst case until it is written.
  if (x.journal.hasDeferred) await x.journal.append([], sumsOf(x))
  x.app.probe('model.before', x.run.id)
  const began = performance.now()
  const { result, first_token_ms, context, answered, bill, retries, failed } = await askModels(x, model, call, options)
  // An answer that was kept costs nothing anew.
  const { tokens, estimated } = bill?.actual ?? { tokens: noTokens, estimated: false }
  const answer: Answer = {
    type: 'model.completed',
    call,
    content: partsOf(result),
    finish_reason: result.finishReason.unified,
    tokens_input: tokens.input,
    tokens_output: tokens.output,
    tokens_cached: tokens.cached,
    tokens_reasoning: tokens.reasoning,
    ...(estimated ? { tokens_estimated: true } : {}),
    duration_ms: Math.round(performance.now() - began),
    first_token_ms,
    retries,
    ...(answered.provider === x.run.provider && answered.model === x.run.model ? {} : { answered_by: answered }),
    ...(failed.length === 0 ? {} : { failed }),
    request_hash: hashOf(options),
    cost: bill === null ? 0 : bill.cost_micros === null ? null : toUsd(bill.cost_micros),
    ...(context ? { context } : {}),
  }
  x.app.probe('model.answered', x.run.id)
  const events = openBatch(x, answer)
  countAnswer(x, answer)
  if (bill) addCost(x, bill.cost_micros)
  await write(x, answer, events, bill)
  x.app.probe('model.after', x.run.id)
  noteRefused(x, call)
  const limit = x.setup.config.max_total_tokens
  const used = x.totals.tokens_input + x.totals.tokens_output
  if (limit !== null && used > limit) throw x.control.fail('MAX_TOKENS', `the run used ${used} tokens; its limit is ${limit}`)
  return answer
}

/** Writes an answer down together with what it cost. Where nobody wants it any more, only that. */
async function write(x: Execution, answer: Answer, events: NewEvent[], bill: Bill | null) {
  const also = bill ? (trx: Trx) => bill.spend.settle(trx, bill.actual) : undefined
  const isLast = batchOf(x, answer.call).parts.length === 0
  if (isLast && x.control.signal.aborted) {
    if (bill) await bill.spend.settleAlone(bill.actual)
    throw x.control.signal.reason
  }
  // A last answer commits with the end of the run. Until then a crash costs one more model call and nothing else.
  if (isLast) return x.journal.defer(answer, also)
  try {
    await x.journal.append([answer, ...events], sumsOf(x), also)
  } catch (error) {
    if (error instanceof StaleLease && bill) await bill.spend.settleAlone(bill.actual)
    throw error
  }
}

/**
 * Gives the tool calls of an answer their step numbers, and the events that commit with it: calls that cannot be made (no such tool,
 * no JSON) are over at once, and what may be repeated after a crash and needs nobody's approval needs no commit of its own before it starts.
 */
function openBatch(x: Execution, answer: Answer): NewEvent[] {
  const parts = toolCallsOf(answer.content)
  const batch: Batch = {
    first: x.totals.total_steps + 1,
    parts,
    announced: new Set<number>(),
    left: 0,
    done: Promise.withResolvers<void>(),
    refused: [],
    labels: new Map(x.labels),
  }
  const events: NewEvent[] = []
  for (const [index, part] of parts.entries()) {
    const step = batch.first + index
    if (step > x.setup.config.max_steps) {
      batch.left++ // held back when it is called
      continue
    }
    const tool = x.setup.tools.find((each) => each.name === part.tool)
    const input = readInput(part.input)
    const { call_id } = part
    const effect = tool?.effect ?? 'read'
    const started: NewEvent = {
      type: 'tool.started',
      step,
      call: answer.call,
      index,
      call_id,
      ...splitToolName(part.tool),
      input,
      effect,
      attempt: 1,
    }
    if (tool && input) {
      batch.left++
      if (effect !== 'once' && !mayNeedApproval(x, tool, batch.labels)) {
        batch.announced.add(step)
        events.push(started)
      }
    } else {
      const error = tool ? 'the input is not a JSON object' : `there is no tool '${part.tool}'`
      events.push({ ...started, input: part.input }, { type: 'tool.completed', step, output: null, error, duration_ms: 0, retries: 0 })
      batch.refused.push(part)
    }
  }
  x.batches.set(answer.call, batch)
  return events
}

function batchOf(x: Execution, call: number): Batch {
  const batch = x.batches.get(call)
  if (!batch) throw new Error(`model call ${call} has no batch`)
  return batch
}

function noteRefused(x: Execution, call: number) {
  for (const part of batchOf(x, call).refused) x.noteFailure(part.tool, part.input)
}

/** Adds a recorded or new answer to what the run did. */
export function countAnswer(x: Execution, answer: Answer) {
  x.lastFinish = answer.finish_reason
  x.lastLimit = answer.context?.max_output ?? x.setup.config.max_tokens
  const { provider, model } = answer.answered_by ?? x.run
  if (answer.context && answer.tokens_input > 0 && !answer.tokens_estimated && provider !== null && model !== null)
    x.measured = { provider, model, counted: answer.context.tokens.total, actual: answer.tokens_input }
  x.totals.tokens_input += answer.tokens_input
  x.totals.tokens_output += answer.tokens_output
  x.totals.total_steps = Math.min(x.totals.total_steps + toolCallsOf(answer.content).length, x.setup.config.max_steps)
}

// Of an answer that a provider's filter stopped, no call is made.
function partsOf({ content, finishReason }: Pick<LanguageModelV3GenerateResult, 'content' | 'finishReason'>): ModelPart[] {
  const parts = content.flatMap(toPart)
  return finishReason.unified === 'content-filter' ? parts.filter(({ type }) => type !== 'tool-call') : parts
}

function toPart(content: LanguageModelV3Content): ModelPart[] {
  const meta = 'providerMetadata' in content && content.providerMetadata ? { meta: content.providerMetadata } : {}
  if (content.type === 'text' || content.type === 'reasoning') return [{ type: content.type, text: content.text, ...meta }]
  if (content.type === 'tool-call') return [{ type: 'tool-call', call_id: content.toolCallId, tool: content.toolName, input: content.input, ...meta }]
  return []
}

// The ids are ours: providers repeat theirs within a run, and the SDK's own differ on replay.
function toResult(answer: Answer): LanguageModelV3GenerateResult {
  let index = 0
  return {
    content: answer.content.map((part): LanguageModelV3Content => {
      const meta = part.meta === undefined ? {} : { providerMetadata: part.meta as never }
      if (part.type !== 'tool-call') return { type: part.type, text: part.text, ...meta }
      return { type: 'tool-call', toolCallId: `call_${answer.call}_${index++}`, toolName: part.tool, input: part.input || '{}', ...meta }
    }),
    finishReason: { unified: finishOf(answer) as never, raw: answer.finish_reason },
    usage: {
      inputTokens: { total: answer.tokens_input, noCache: undefined, cacheRead: answer.tokens_cached, cacheWrite: undefined },
      outputTokens: { total: answer.tokens_output, text: undefined, reasoning: answer.tokens_reasoning },
    },
    warnings: [],
  }
}

// The SDK makes no call of an answer that was cut. Those that are whole shall be made, and the one that is not is refused, so that the model writes it anew.
function finishOf({ finish_reason, content }: Answer) {
  return finish_reason === 'length' && toolCallsOf(content).length > 0 ? 'tool-calls' : finish_reason
}

// The tools need not be in it: they are frozen with the setup.
function hashOf({ prompt }: LanguageModelV3CallOptions) {
  return hash('sha256', JSON.stringify(prompt), 'base64url').slice(0, 16)
}
