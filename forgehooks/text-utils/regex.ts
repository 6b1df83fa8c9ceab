import { Worker } from 'node:worker_threads'
import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { chosen } from './names.ts'
import { readPattern, warningsOf } from './regex-pattern.ts'
import type { Done, Job } from './regex-run.ts'

const MAX_MATCHES = 10_000
const TIMEOUT_MS = 2_000

type Given = { pattern: string; text: string; action?: string; flags?: string; replacement?: string; limit?: number; timeout_ms?: number }

export async function regex(
  { pattern, text, action = 'match', flags = '', replacement, limit, timeout_ms = TIMEOUT_MS }: Given,
  context: HookContext,
) {
  const wanted = chosen(action, ['match', 'replace', 'split', 'test'], 'action', {
    find: 'match',
    find_all: 'match',
    match_all: 'match',
    search: 'match',
    extract: 'match',
    exec: 'match',
    sub: 'replace',
    substitute: 'replace',
    replace_all: 'replace',
    is_match: 'test',
    matches: 'test',
  })
  if (wanted === 'replace' && replacement === undefined) throw new HookError('is needed for replace; "" takes the matches out', 'replacement')
  if (wanted !== 'replace' && replacement !== undefined) throw new HookError(`is for replace; the action is ${wanted}`, 'replacement')
  const read = readPattern(pattern, flags)
  const warnings = wanted === 'replace' ? warningsOf(replacement ?? '', read) : []
  const many = limit ?? (wanted === 'match' ? MAX_MATCHES : Infinity)
  const job: Job = { action: wanted, source: read.source, flags: read.flags, text, replacement: replacement ?? '', limit: many }
  const done = await inThread(job, timeout_ms, context.signal)
  return { ...answerOf(done, text), flags: read.flags.replace(/[gy]/, ''), ...(warnings.length > 0 ? { warnings } : {}) }
}

function answerOf(done: Done, text: string) {
  switch (done.action) {
    case 'test':
      return { matched: done.matched }
    case 'match':
      return { matched: done.matches.length > 0, matches: done.matches, count: done.matches.length, truncated: done.truncated }
    case 'replace':
      return { matched: done.count > 0, text: done.text, count: done.count, changed: done.text !== text }
    case 'split':
      return { matched: done.parts.length > 1, parts: done.parts, count: done.parts.length, truncated: done.truncated }
  }
}

function inThread(job: Job, timeout_ms: number, signal: AbortSignal): Promise<Done> {
  const { promise, resolve, reject } = Promise.withResolvers<Done>()
  const worker = new Worker(new URL('./regex-worker.ts', import.meta.url), {
    workerData: job,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  let clock: NodeJS.Timeout | undefined
  const giveUp = () => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  worker.once('online', () => {
    const late = `needs more than ${timeout_ms} ms on this text; repetitions inside repetitions, such as (a+)+, try endlessly many ways`
    clock = setTimeout(() => reject(new HookError(late, 'pattern')), timeout_ms)
  })
  worker.once('message', resolve)
  worker.once('error', (error: Error & { code?: string }) =>
    reject(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError
        ? new HookError('needs too much memory on this text', 'pattern')
        : error,
    ),
  )
  return promise.finally(() => {
    clearTimeout(clock)
    signal.removeEventListener('abort', giveUp)
    return worker.terminate()
  })
}
