/** A tool could not do what it was asked. The message goes to the model and to people: plain words, no stack, no path. */
export class ToolError extends Error {
  override name = 'ToolError'
  /** The same call may succeed later. Whether it may be made again is for the tool's effect to say. */
  readonly retryable: boolean
  /** The call reached the tool and its answer did not come back: it may have taken effect. */
  readonly uncertain: boolean
  /** For the owner only: the whole of it, with the stack and the places in the code. */
  readonly detail: string | undefined
  constructor(message: string, options: { retryable?: boolean; uncertain?: boolean; detail?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.retryable = options.retryable ?? false
    this.uncertain = options.uncertain ?? false
    this.detail = options.detail
  }
}
