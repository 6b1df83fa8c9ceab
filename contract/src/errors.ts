/**
 * Every error that a door can answer: its code and its HTTP status. A message says what is wrong and what to do; `issues`
 * name the fields. A code never changes its meaning.
 */
export const errorStatus = {
  BAD_REQUEST: 400, // not JSON, not UTF-8, a broken header or cursor
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404, // no such route
  AGENT_NOT_FOUND: 404,
  AGENT_VERSION_NOT_FOUND: 404,
  RUN_NOT_FOUND: 404,
  PLUGIN_NOT_FOUND: 404,
  TOOL_NOT_FOUND: 404,
  PROVIDER_NOT_FOUND: 404,
  MODEL_ALIAS_NOT_FOUND: 404,
  BUDGET_NOT_FOUND: 404,
  PRICE_NOT_FOUND: 404,
  CONNECTION_NOT_FOUND: 404,
  PROJECT_NOT_FOUND: 404,
  CONVERSATION_NOT_FOUND: 404,
  MESSAGE_NOT_FOUND: 404,
  ATTACHMENT_NOT_FOUND: 404,
  PARTICIPANT_NOT_FOUND: 404,
  USER_NOT_FOUND: 404,
  WORKSPACE_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  GRANT_NOT_FOUND: 404,
  APPROVAL_NOT_FOUND: 404,
  APPROVAL_RULE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  AGENT_NAME_TAKEN: 409,
  AGENT_SLUG_TAKEN: 409,
  PLUGIN_ID_TAKEN: 409,
  PLUGIN_BUNDLED: 409,
  PLUGIN_IN_USE: 409,
  PROVIDER_ID_TAKEN: 409,
  CONNECTION_NAME_TAKEN: 409,
  EMAIL_TAKEN: 409,
  LAST_OWNER: 409, // a workspace keeps an owner who can log in
  PLUGIN_NOT_PENDING: 409, // there is nothing to approve, or something else than what was seen
  RUN_NOT_ENDED: 409,
  RUN_ENDED: 409, // a terminal state never changes
  STEP_NOT_UNCERTAIN: 409,
  APPROVAL_DECIDED: 409, // by somebody else, or the run ended: an approval is used once
  APPROVAL_EXPIRED: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID: 422, // well-formed, but some field is not acceptable; `issues` says which
  IDEMPOTENCY_KEY_REUSED: 422,
  TOOL_FAILED: 422,
  HOOK_REFUSED: 422, // a lifecycle hook of the workspace does not let the message pass; the message names the hook and its reason
  HOOK_FAILED: 422, // a lifecycle hook without which nothing may pass did not answer as it must
  PLUGIN_UNREACHABLE: 422, // the server behind a plugin does not answer as it must
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const
export type ErrorCode = keyof typeof errorStatus

/** What can be wrong with a field, for whoever says it in another language than `message` does. */
export const issueCodes = [
  'required', // nothing is given
  'unknown_field',
  'empty',
  'too_short', // least: characters
  'too_long', // most: characters
  'too_few', // least: entries or fields
  'too_many', // most: entries or fields
  'too_small', // least
  'too_large', // most
  'one_of', // values, with commas
  'prompt_empty', // the fields and the template make no prompt
  'prompt_too_long', // most: characters
  'template_unknown_name', // name, names
  'template_too_many_tags', // most
  'template_crossed', // name, open
  'template_closes_nothing', // name
  'template_never_closed', // name
] as const
export type IssueCode = (typeof issueCodes)[number]
export type IssueParams = Record<string, string | number>

/**
 * One field that is wrong. `path` is as the caller wrote it: `config.max_steps`, `tools[0]`, `Idempotency-Key`. `message` says all that `code`
 * and `params` do; where there is no code, it alone does.
 */
export type Issue = { path: string; message: string; code?: IssueCode; params?: IssueParams }

/** What core throws and every door presents. Anything else that is thrown is a defect and answers INTERNAL. */
export class CadreError extends Error {
  override name = 'CadreError'
  readonly code: ErrorCode
  readonly issues: Issue[]
  /** When the same call may be tried again, where that is known. Doors say it as Retry-After. */
  readonly retry_after_ms: number | null
  constructor(code: ErrorCode, message: string, issues: Issue[] = [], retry_after_ms: number | null = null) {
    super(message)
    this.code = code
    this.issues = issues
    this.retry_after_ms = retry_after_ms
  }
  get status(): number {
    return errorStatus[this.code]
  }
}

/** The shortest way to refuse one field. */
export function invalid(path: string, message: string, said: Pick<Issue, 'code' | 'params'> = {}) {
  return new CadreError('INVALID', `${path}: ${message}`, [{ path, message, ...said }])
}
