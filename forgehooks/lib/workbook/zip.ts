import { crc32 } from 'node:zlib'
import { HookError } from '@cadre/contract/forgehook'

/** Of all parts together, unpacked. */
export const MAX_BYTES = 400_000_000
const MAX_ENTRIES = 10_000
const END = 0x06054b50
const ENTRY = 0x02014b50

/** Of whom a refusal speaks, and which field it names. */
export type Subject = { what: string; field: string }

export type Zip = Map<string, () => Promise<Uint8Array>>
type Entry = { name: string; method: number; packed: number; size: number; offset: number; crc: number }

/** The entries of a zip file by name, after each was unpacked once: what is bigger than it says, or too big, is refused before a reader sees it. */
export async function openZip(bytes: Uint8Array, { what, field }: Subject): Promise<Zip> {
  const refusal: Refusal = (reason) => new HookError(`${what} ${reason}`, field)
  const entries = directory(bytes, refusal)
  const total = entries.reduce((sum, entry) => sum + entry.size, 0)
  if (total > MAX_BYTES) throw refusal(`unpacks to ${total} bytes; the limit is ${MAX_BYTES}`)
  for (const entry of entries) await unpack(bytes, entry, false, refusal)
  return new Map(entries.map((entry) => [entry.name, () => unpack(bytes, entry, true, refusal)]))
}

type Refusal = (reason: string) => HookError

function directory(bytes: Uint8Array, refusal: Refusal): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  while (end >= 0 && end > bytes.length - 66_000 && view.getUint32(end, true) !== END) end--
  if (end < 0 || view.getUint32(end, true) !== END) throw refusal('is broken: the zip file it is made of is cut off')
  const count = view.getUint16(end + 10, true)
  if (count > MAX_ENTRIES) throw refusal(`has ${count} parts; the limit is ${MAX_ENTRIES}`)
  const entries: Entry[] = []
  let at = view.getUint32(end + 16, true)
  for (let left = count; left > 0; left--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw refusal('is broken: the list of its parts is damaged')
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [number, number, number]
    if ((view.getUint16(at + 8, true) & 1) === 1) throw refusal('is protected by a password')
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + lengths[0])),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    })
    at += 46 + lengths[0] + lengths[1] + lengths[2]
  }
  return entries
}

async function unpack(bytes: Uint8Array, entry: Entry, keep: boolean, refusal: Refusal): Promise<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (entry.offset + 30 > bytes.length) throw refusal(`is broken: its part ${entry.name} is missing`)
  const start = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true)
  const packed = bytes.subarray(start, start + entry.packed)
  if (packed.length < entry.packed) throw refusal(`is broken: its part ${entry.name} is cut off`)
  if (entry.method === 0) {
    needSum(crc32(packed), entry, refusal)
    return packed
  }
  if (entry.method !== 8) throw refusal(`is packed in a way that is not known here (${entry.method})`)
  const parts: Uint8Array[] = []
  let size = 0
  let sum = 0
  try {
    // A copy, because the stream may take hold of the buffer.
    const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
    for await (const part of stream) {
      size += part.length
      if (size > entry.size) break
      sum = crc32(part, sum)
      if (keep) parts.push(part)
    }
  } catch {
    throw refusal(`is broken: its part ${entry.name} cannot be unpacked`)
  }
  if (size !== entry.size) throw refusal(`is broken: its part ${entry.name} is not as long as it says`)
  needSum(sum, entry, refusal)
  return keep ? Buffer.concat(parts) : packed
}

function needSum(sum: number, entry: Entry, refusal: Refusal) {
  if (sum !== entry.crc) throw refusal(`is broken: its part ${entry.name} is damaged`)
}
