/** A prompt that cannot be made to fit: what must stay is more than there is room for. The message is for people. */
export class ContextTooLong extends Error {
  override name = 'ContextTooLong'
  readonly code = 'CONTEXT_TOO_LONG'
  /** Tokens. */
  readonly needed: number
  readonly available: number
  constructor(message: string, needed: number, available: number) {
    super(message)
    this.needed = needed
    this.available = available
  }
}
