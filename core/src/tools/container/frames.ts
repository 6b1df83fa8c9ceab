/**
 * Takes the stream of an attached container apart: 1 byte for which stream, 3 of padding, 4 with the length (big-endian), the payload.
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export class Frames {
  #pending: Buffer = Buffer.alloc(0)
  readonly #onChunk: (stream: 'stdout' | 'stderr', chunk: Buffer) => void

  constructor(onChunk: (stream: 'stdout' | 'stderr', chunk: Buffer) => void) {
    this.#onChunk = onChunk
  }

  push(chunk: Buffer) {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    while (this.#pending.length >= 8) {
      const length = this.#pending.readUInt32BE(4)
      if (this.#pending.length < 8 + length) return
      this.#onChunk(this.#pending[0] === 2 ? 'stderr' : 'stdout', this.#pending.subarray(8, 8 + length))
      this.#pending = this.#pending.subarray(8 + length)
    }
  }
}

/** Lines of a byte stream. `tooLong` is called once, where a line has more bytes than `most`; nothing follows it. */
export class Lines {
  readonly #onLine: (line: string) => void
  readonly #tooLong: () => void
  #parts: Buffer[] = []
  #size = 0
  #over = false

  constructor(onLine: (line: string) => void, tooLong: () => void) {
    this.#onLine = onLine
    this.#tooLong = tooLong
  }

  push(chunk: Buffer, most: number) {
    let from = 0
    while (!this.#over) {
      const at = chunk.indexOf(10, from)
      const part = chunk.subarray(from, at < 0 ? chunk.length : at)
      this.#size += part.length
      if (this.#size > most) {
        this.#over = true
        this.#parts = []
        return this.#tooLong()
      }
      this.#parts.push(part)
      if (at < 0) return
      const line = Buffer.concat(this.#parts).toString()
      this.#parts = []
      this.#size = 0
      from = at + 1
      this.#onLine(line)
    }
  }
}
