import { SqlRefusal } from './sql-refusal.ts'

/** Rows as lists, which the parent makes objects of: names are sent once. */
export type RawAnswer = { columns: { name: string; type: string | null }[]; rows: unknown[][]; truncated: boolean }
export type Bounds = { max_rows: number; max_bytes: number }

/** What stands around the rows in an answer. */
const frameBytes = 300

/** Takes rows until one of the bounds; `truncated` says that there were more. */
export class AnswerRows {
  readonly #columns: RawAnswer['columns']
  readonly #rows: unknown[][] = []
  readonly #bounds: Bounds
  readonly #namesBytes: number
  #bytes: number
  #truncated = false

  constructor(columns: RawAnswer['columns'], bounds: Bounds) {
    this.#columns = distinctNames(columns)
    this.#bounds = bounds
    this.#bytes = frameBytes + Buffer.byteLength(JSON.stringify(this.#columns))
    this.#namesBytes = Buffer.byteLength(JSON.stringify(this.#columns.map(({ name }) => name))) + this.#columns.length
  }

  /** @returns false when no more rows are wanted. */
  add(row: unknown[]): boolean {
    if (this.#rows.length >= this.#bounds.max_rows) return this.#stop()
    const bytes = this.#namesBytes + Buffer.byteLength(JSON.stringify(row))
    if (this.#bytes + bytes > this.#bounds.max_bytes) {
      if (this.#rows.length === 0)
        throw new SqlRefusal(`one row has ${bytes} bytes, and the answer may have ${this.#bounds.max_bytes}; ask for fewer or shorter columns`)
      return this.#stop()
    }
    this.#bytes += bytes
    this.#rows.push(row)
    return true
  }

  get answer(): RawAnswer {
    return { columns: this.#columns, rows: this.#rows, truncated: this.#truncated }
  }

  #stop() {
    this.#truncated = true
    return false
  }
}

/** `id`, `id` -> `id`, `id_2`: rows are objects, in which a second `id` would replace the first. */
function distinctNames(columns: RawAnswer['columns']): RawAnswer['columns'] {
  const taken = new Set(columns.map(({ name }) => name))
  const seen = new Set<string>()
  return columns.map(({ name, type }, place) => {
    let own = name === '' ? `column_${place + 1}` : name
    if (seen.has(own) || (name === '' && taken.has(own))) {
      let number = 2
      while (taken.has(`${own}_${number}`)) number++
      own = `${own}_${number}`
    }
    seen.add(own)
    taken.add(own)
    return { name: own, type }
  })
}
