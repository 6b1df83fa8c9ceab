import { writeFileSync } from 'node:fs'

type Tiny = {
  /** Texts that it says one after the other, then it stops; without them it speaks nonsense. */
  says?: string[]
  /** It begins anew in place of stopping. */
  endless?: boolean
  /** Tokens that it was trained for. */
  context?: number
  template?: string | null
}

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
const eos = 2
const firstByte = 3
const angle = firstByte + 256 + '>'.charCodeAt(0) - 32

/** It ends with the token that makes a model with `says` begin. */
export const tinyTemplate =
  "{% for message in messages %}{{ '<' + message['role'] + '>' + message['content'] + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"

/**
 * Writes a model file of the llama architecture: one block, a vocabulary of the printable characters, all bytes, and `says`. With `says`,
 * embedding is one number for each token and nothing but the output matrix has weights, so that each token decides the next.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function writeTinyModel(file: string, { says = [], endless = false, context = 2048, template = tinyTemplate }: Tiny = {}) {
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`)
  const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...printable.map(inVocabulary), ...says.map(inVocabulary)]
  const types = tokens.map((_, i) => (i === 0 ? 2 : i <= eos ? 3 : i < firstByte + 256 ? 6 : 1))
  const scripted = says.length > 0
  const width = scripted ? Math.ceil(tokens.length / 64) * 64 : 64
  const inner = 64
  const random = noise()
  const fill = (count: number, value: () => number) => Float32Array.from({ length: count }, value)
  const weights = (rows: number, columns: number) => ({ shape: [columns, rows], data: fill(rows * columns, scripted ? () => 0 : random) })
  const ones = () => ({ shape: [width], data: fill(width, () => 1) })
  const embedding = weights(tokens.length, width)
  const output = weights(tokens.length, width)
  if (scripted) {
    for (let i = 0; i < tokens.length; i++) embedding.data[i * width + i] = 1
    const first = tokens.length - says.length
    const chain = [angle, ...says.map((_, i) => first + i), endless ? first : eos]
    for (let i = 0; i < tokens.length; i++) output.data[eos * width + i] = 0.5
    for (const [i, next] of chain.slice(1).entries()) output.data[next * width + (chain[i] ?? 0)] = 1
  }
  const block = {
    attn_norm: ones(),
    attn_q: weights(width, width),
    attn_k: weights(width, width),
    attn_v: weights(width, width),
    attn_output: weights(width, width),
    ffn_norm: ones(),
    ffn_gate: weights(inner, width),
    ffn_up: weights(inner, width),
    ffn_down: weights(width, inner),
  }
  const heads = width / 32
  writeGguf(
    file,
    [
      ['general.architecture', 'llama'],
      ['general.name', 'Tiny'],
      ['llama.context_length', context],
      ['llama.embedding_length', width],
      ['llama.block_count', 1],
      ['llama.feed_forward_length', inner],
      ['llama.attention.head_count', heads],
      ['llama.attention.head_count_kv', heads],
      ['llama.rope.dimension_count', 32],
      ['llama.attention.layer_norm_rms_epsilon', { f32: 1e-5 }],
      ['tokenizer.ggml.model', 'llama'],
      ['tokenizer.ggml.tokens', tokens],
      ['tokenizer.ggml.scores', { f32s: tokens.map((_, i) => -i) }],
      ['tokenizer.ggml.token_type', { i32s: types }],
      ['tokenizer.ggml.bos_token_id', 1],
      ['tokenizer.ggml.eos_token_id', eos],
      ['tokenizer.ggml.unknown_token_id', 0],
      ['tokenizer.ggml.add_space_prefix', false],
      ...(template === null ? [] : ([['tokenizer.chat_template', template]] as [string, Value][])),
    ],
    {
      'token_embd.weight': embedding,
      ...Object.fromEntries(Object.entries(block).map(([name, tensor]) => [`blk.0.${name}.weight`, tensor])),
      'output_norm.weight': ones(),
      'output.weight': output,
    },
  )
}

// SentencePiece writes a space as U+2581.
const inVocabulary = (text: string) => text.replaceAll(' ', '\u2581')

/** The same numbers each time, from -1 to 1 (mulberry32). */
function noise() {
  let state = 1
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}

/** A number is an unsigned one of 32 bits where nothing is said. */
type Value = string | number | boolean | string[] | { f32: number } | { f32s: number[] } | { i32s: number[] }

export function writeGguf(file: string, metadata: [string, Value][], tensors: Record<string, { shape: number[]; data: Float32Array }>) {
  const parts: Buffer[] = []
  const u32 = (value: number) => {
    const buffer = Buffer.alloc(4)
    buffer.writeUInt32LE(value)
    parts.push(buffer)
  }
  const u64 = (value: number) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigUInt64LE(BigInt(value))
    parts.push(buffer)
  }
  const text = (value: string) => {
    u64(Buffer.byteLength(value))
    parts.push(Buffer.from(value))
  }
  const list = (type: number, count: number) => {
    u32(9)
    u32(type)
    u64(count)
  }
  const put = (value: Value) => {
    if (typeof value === 'number') {
      u32(4)
      u32(value)
    } else if (typeof value === 'boolean') {
      u32(7)
      parts.push(Buffer.from([value ? 1 : 0]))
    } else if (typeof value === 'string') {
      u32(8)
      text(value)
    } else if (Array.isArray(value)) {
      list(8, value.length)
      for (const each of value) text(each)
    } else if ('f32' in value) {
      u32(6)
      parts.push(Buffer.from(Float32Array.of(value.f32).buffer))
    } else if ('f32s' in value) {
      list(6, value.f32s.length)
      parts.push(Buffer.from(Float32Array.from(value.f32s).buffer))
    } else {
      list(5, value.i32s.length)
      parts.push(Buffer.from(Int32Array.from(value.i32s).buffer))
    }
  }
  parts.push(Buffer.from('GGUF'))
  u32(3)
  u64(Object.keys(tensors).length)
  u64(metadata.length)
  for (const [key, value] of metadata) {
    text(key)
    put(value)
  }
  let offset = 0
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    text(name)
    u32(shape.length)
    for (const size of shape) u64(size)
    u32(0)
    u64(offset)
    offset += aligned(data.byteLength)
  }
  const head = Buffer.concat(parts)
  const padded = (buffer: Buffer) => Buffer.concat([buffer, Buffer.alloc(aligned(buffer.length) - buffer.length)])
  writeFileSync(file, Buffer.concat([padded(head), ...Object.values(tensors).map(({ data }) => padded(Buffer.from(data.buffer)))]))
}

const aligned = (size: number) => Math.ceil(size / 32) * 32
