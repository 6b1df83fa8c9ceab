import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { GgufFailed } from './gguf-failed.ts'

export type GgufHeader = {
  /** llama, qwen3, bert and so on. */
  architecture: string | null
  /** Tokens that it was trained for. */
  context_length: number | null
  /** It was made for embeddings and does not chat. */
  embeds: boolean
}

/** What stands before the vocabulary is some kilobytes; the vocabulary is megabytes and of no use here. */
const enough = 256 * 1024

/** The beginning of a model file (github.com/ggml-org/ggml/blob/master/docs/gguf.md), without loading it. */
export function readGgufHeader(file: string): GgufHeader {
  const bytes = beginningOf(file)
  if (bytes.toString('latin1', 0, 4) !== 'GGUF') throw new GgufFailed('MODEL_REFUSED', `${basename(file)} is no GGUF file`)
  const version = bytes.length < 24 ? 0 : bytes.readUInt32LE(4)
  if (version !== 2 && version !== 3)
    throw new GgufFailed('MODEL_REFUSED', `${basename(file)} is damaged, or a GGUF file of a version that is not known here (${version})`)
  const found = new Map(settings(bytes))
  const architecture = found.get('general.architecture')
  const context = found.get(`${String(architecture)}.context_length`)
  const pooling = found.get(`${String(architecture)}.pooling_type`)
  return {
    architecture: typeof architecture === 'string' ? architecture : null,
    context_length: typeof context === 'number' && context > 0 ? context : null,
    embeds: /bert|embed|t5encoder/.test(String(architecture)) || (typeof pooling === 'number' && pooling > 0),
  }
}

function beginningOf(file: string): Buffer {
  const fd = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(enough)
    return bytes.subarray(0, readSync(fd, bytes, 0, enough, 0))
  } finally {
    closeSync(fd)
  }
}

const sizes: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 }
const [unsigned, string, array, long] = [4, 8, 9, 10]

/** Texts and counts by their names, as far as they stand in these bytes. */
function* settings(bytes: Buffer): Generator<[string, string | number]> {
  let at = 24
  const left = (count: number) => at + count <= bytes.length
  const count = () => (left(8) ? Number(bytes.readBigUInt64LE((at += 8) - 8)) : Number.POSITIVE_INFINITY)
  const text = () => {
    const length = count()
    return left(length) ? bytes.toString('utf8', at, (at += length)) : undefined
  }
  for (let rest = Number(bytes.readBigUInt64LE(16)); rest > 0; rest--) {
    const key = text()
    if (key === undefined || !left(4)) return
    const type = bytes.readUInt32LE((at += 4) - 4)
    if (type === string) {
      const value = text()
      if (value === undefined) return
      yield [key, value]
    } else if (type === array) {
      if (!left(4)) return
      const size = sizes[bytes.readUInt32LE((at += 4) - 4)]
      if (size === undefined) return // texts: the vocabulary, behind which nothing is wanted
      const length = count()
      at += length * size
    } else {
      const size = sizes[type]
      if (size === undefined || !left(size)) return
      if (type === unsigned) yield [key, bytes.readUInt32LE(at)]
      if (type === long) yield [key, Number(bytes.readBigUInt64LE(at))]
      at += size
    }
  }
}
