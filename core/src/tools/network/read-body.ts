import { type Duplex, PassThrough, pipeline, Readable } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'

export class TooLarge extends Error {
  override name = 'TooLarge'
}
/** The body is not what its content-encoding says. */
export class Undecodable extends Error {
  override name = 'Undecodable'
}

const mostEncodings = 3

/** Which encodings are taken off; others are handed on as they came. */
export const acceptedEncodings = 'gzip, deflate, br, zstd'

/**
 * The body with its content-encoding taken off. At most `maxBytes` of what comes out are read, so that a bomb is as small as its fuse.
 * @throws TooLarge, Undecodable
 */
export async function readBody(body: Readable, encoding: string | undefined, maxBytes: number): Promise<Uint8Array> {
  const { chunks, size } = await collect(decoded(body, encoding), maxBytes + 1)
  if (size > maxBytes) throw new TooLarge(`the answer is larger than ${maxBytes} bytes`)
  return join(chunks, size)
}

/** The first `bytes` of it; less where it breaks off. */
export async function readBeginning(body: Readable, encoding: string | undefined, bytes: number): Promise<Uint8Array> {
  const { chunks, size } = await collect(decoded(body, encoding), bytes)
  return join(chunks, size).subarray(0, bytes)
}

/** The body with its content-encoding taken off, as it comes. */
export function decoded(body: Readable, encoding: string | undefined): Readable {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0 || names.some((name) => !Object.hasOwn(decoders, name))) return body
  if (names.length > mostEncodings) {
    body.destroy()
    throw new Undecodable(`the answer is compressed ${names.length} times over`)
  }
  return names.toReversed().reduce<Readable>((from, name) => {
    const to = Readable.from(decode(from, decoders[name] ?? (() => new PassThrough())), { objectMode: false })
    return to.on('close', () => from.destroy())
  }, body)
}

async function* decode(from: Readable, make: (first: Buffer) => Duplex): AsyncGenerator<Buffer> {
  const chunks = from[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const first = await chunks.next()
  // An answer to HEAD, a 204 and a 304 name an encoding and have no bytes.
  if (first.done) return
  let broken: { error: unknown } | null = null
  async function* all() {
    try {
      for (let next: IteratorResult<Buffer> = first; !next.done; next = await chunks.next()) yield next.value
    } catch (error) {
      broken = { error }
      throw error
    }
  }
  const decoder = make(first.value)
  // What goes wrong destroys the decoder, and shows in reading it.
  pipeline(Readable.from(all()), decoder, () => {})
  try {
    yield* decoder as AsyncIterable<Buffer>
  } catch (error) {
    if (broken) throw (broken as { error: unknown }).error
    throw new Undecodable(`the answer is not compressed as it says: ${(error as Error).message}`)
  }
}

async function collect(stream: Readable, enough: number) {
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop destroys the stream, and with it the connection.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= enough) break
  }
  return { chunks, size }
}

// Memory of its own: small Buffers share theirs, and whoever gets one posted to a thread gets the whole of it.
function join(chunks: Buffer[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

const decoders: Record<string, (first: Buffer) => Duplex> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // Servers disagree whether deflate has a zlib head: the low four bits of it are 8.
  deflate: (first) => (((first[0] ?? 0) & 15) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
  // RFC 9659: no window above 8 MB.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
}
