import type { Imported, ImportSource } from '@cadre/contract/conversations'
import type { Client } from './client.ts'

export type ImportOptions = {
  /** How much is sent at once; by default well below what a server takes in one body, as the text is written once more as JSON. */
  partCharacters?: number
  /** Told after each part, from 0 to 1. */
  onProgress?: (done: number) => void
  signal?: AbortSignal
}

/**
 * Sends the history of another program in parts that a server takes, each conversation in one piece. Where it ends early, what was sent is
 * there, and is skipped the next time. Throws a SyntaxError where the text is no JSON.
 */
export async function importHistory(client: Client, source: ImportSource, text: string, options: ImportOptions = {}): Promise<Imported> {
  const { partCharacters = 8_000_000, onProgress = () => {}, signal } = options
  const data: unknown = JSON.parse(text)
  const total: Imported = { conversations: [], skipped: 0, problems: [] }
  const parts = Array.isArray(data) ? partsOf(data, partCharacters) : [text]
  let sent = 0
  for (const part of parts) {
    const { conversations, skipped, problems } = await client.conversations.import({ source, data: part }, signal ? { signal } : {})
    total.conversations.push(...conversations)
    total.skipped += skipped
    total.problems.push(...problems)
    sent += part.length
    // The export may be written with more blanks than what is sent.
    onProgress(Math.min(sent / text.length, 1))
  }
  onProgress(1)
  return total
}

/** As JSON texts: a tree may be deeper than what the server takes as a value. */
function* partsOf(items: unknown[], partCharacters: number): Generator<string> {
  let part: string[] = []
  let size = 0
  for (const item of items) {
    const text = JSON.stringify(item)
    if (size > 0 && size + text.length > partCharacters) {
      yield `[${part.join(',')}]`
      part = []
      size = 0
    }
    part.push(text)
    size += text.length
  }
  yield `[${part.join(',')}]`
}
