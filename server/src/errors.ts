import { CadreError, type ErrorCode, errorStatus } from '@cadre/contract/errors'
import { ORPCError, ValidationError } from '@orpc/contract'
import type { core } from 'zod'
import { invalidInput, issuesInWords } from './issues.ts'
import type { Log } from './log.ts'

/** The body of every error under /api/v1. */
export function errorBody({ message, code, issues }: CadreError, request_id: string) {
  return { success: false as const, error: message, code, issues, request_id }
}

const names: Record<string, ErrorCode> = {
  BAD_REQUEST: 'BAD_REQUEST',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  NOT_FOUND: 'NOT_FOUND',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
}

/**
 * Whatever was thrown, as what may be answered. A thing that is not the caller's doing is a defect: it is logged with its stack and
 * answers INTERNAL, with the request's id and nothing else.
 */
export function toCadreError(error: unknown, request_id: string, log: Log): CadreError {
  if (error instanceof CadreError) return error
  if (error instanceof ORPCError) {
    if (error.cause instanceof ValidationError && error.code === 'BAD_REQUEST') {
      return invalidInput(issuesInWords(error.cause.issues as core.$ZodIssue[], error.cause.data))
    }
    const code = names[error.code]
    if (code !== undefined) return new CadreError(code, error.message)
  }
  const details = error instanceof ORPCError && error.cause instanceof ValidationError ? { issues: error.cause.issues } : {}
  log.error({ err: error, request_id, ...details }, 'a request met a defect')
  return new CadreError('INTERNAL', `Something went wrong inside Cadre. The log says more under request ${request_id}.`)
}

/** As oRPC carries it, on both doors. */
export function toOrpcError({ code, message, issues, retry_after_ms }: CadreError, request_id: string) {
  const wait = retry_after_ms === null ? {} : { retry_after_ms }
  return new ORPCError(code, { status: errorStatus[code], message, data: { issues, request_id, ...wait } })
}

export function fromOrpcError({ code, message, data }: ORPCError<string, unknown>) {
  const { issues = [], request_id = '' } = (data ?? {}) as { issues?: CadreError['issues']; request_id?: string }
  return errorBody(new CadreError(code as ErrorCode, message, issues), request_id)
}
