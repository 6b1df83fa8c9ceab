/** A call that failed on this machine, in words for the person who set it up; explain-error.ts takes them as they are. */
export class GgufFailed extends Error {
  override name = 'GgufFailed'
  readonly code: 'MODEL_NOT_FOUND' | 'MODEL_REFUSED' | 'MODEL_UNAVAILABLE'
  /** The same call may succeed later. */
  readonly retryable: boolean
  constructor(code: GgufFailed['code'], message: string) {
    super(message)
    this.code = code
    this.retryable = code === 'MODEL_UNAVAILABLE'
  }
}
