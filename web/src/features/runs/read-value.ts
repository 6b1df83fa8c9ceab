import { CadreError, type ErrorCode } from '@cadre/client'
import type { ReadRunValue } from '@cadre/contract/run-values'

/** One value of a step, a model call or the run itself. */
export type ValueRef = { runId: string } & ReadRunValue

/** A link to it saves it as a file: the session's cookie goes with it. */
export function valueUrl({ runId, step, call, of }: ValueRef): string {
  const query = new URLSearchParams({ ...(step === undefined ? {} : { step: `${step}` }), ...(call === undefined ? {} : { call: `${call}` }), of })
  return `/api/v1/runs/${encodeURIComponent(runId)}/value?${query.toString()}`
}

/**
 * The whole value: text as it is, anything else out of its JSON. By XMLHttpRequest, which tells how much of an answer is there.
 * @param onProgress with the bytes that have come.
 */
export function readValue(ref: ValueRef, signal: AbortSignal, onProgress: (bytes: number) => void = () => {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', valueUrl(ref))
    request.responseType = 'text'
    request.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('load', () => {
      const isJson = request.getResponseHeader('content-type')?.startsWith('application/json')
      if (request.status === 200) return resolve(isJson ? JSON.parse(request.responseText) : request.responseText)
      reject(errorOf(request))
    })
    request.addEventListener('error', () => reject(new CadreError('UNAVAILABLE', 'the connection broke')))
    request.addEventListener('abort', () => reject(signal.reason))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send()
  })
}

function errorOf({ status, responseText }: XMLHttpRequest): CadreError {
  try {
    const { code, error } = JSON.parse(responseText) as { code: ErrorCode; error: string }
    return new CadreError(code, error)
  } catch {
    return new CadreError('INTERNAL', `the server answered ${status}`)
  }
}
