import type { Imported, ImportSource } from '@cadre/contract/conversations'
import type { Client } from '../client.ts'
import { InputError } from './exit-codes.ts'
import { readFile } from './sources.ts'

/** Well below what a server takes in one body by default, as the text is written once more as JSON. */
const partCharacters = 8_000_000

/** Sends an export in parts that a server takes; each conversation in one piece. */
export async function importHistory(client: Client, source: ImportSource, file: string): Promise<Imported> {
  const text = readFile(file, 'the export')
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw new InputError(`${file} is not JSON${text.startsWith('PK') ? ': unpack the archive and give its conversations.json' : ''}`)
  }
  const total: Imported = { conversations: [], skipped: 0, problems: [] }
  for (const part of Array.isArray(data) ? partsOf(data) : [text]) {
    const { conversations, skipped, problems } = await client.conversations.import({ source, data: part })
    total.conversations.push(...conversations)
    total.skipped += skipped
    total.problems.push(...problems)
  }
  return total
}

/** As JSON texts: a tree may be deeper than what the server takes as a value. */
function* partsOf(items: unknown[]): Generator<string> {
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
