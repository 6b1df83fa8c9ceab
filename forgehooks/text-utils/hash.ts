import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { HookError } from '@cadre/contract/forgehook'
import { bytesOf, type BytesAs } from './bytes.ts'
import { chosen } from './names.ts'

const ALGORITHMS = [
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha512-256',
  'sha3-224',
  'sha3-256',
  'sha3-384',
  'sha3-512',
  'blake2b512',
  'blake2s256',
  'ripemd160',
  'crc32',
] as const
const ALSO = {
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  'blake2b-512': 'blake2b512',
  rmd160: 'ripemd160',
  sha2: 'sha256',
  'sha512/256': 'sha512-256',
} as const

type Given = { text: string; input?: BytesAs; algorithm?: string; encoding?: string; key?: string; key_input?: BytesAs }

export function hash({ text, input = 'text', algorithm = 'sha256', encoding = 'hex', key, key_input = 'text' }: Given) {
  const name = chosen(algorithm, ALGORITHMS, 'algorithm', ALSO)
  const written = chosen(encoding, ['hex', 'base64', 'base64url'], 'encoding')
  const bytes = bytesOf(text, input, 'text')
  if (name === 'crc32') {
    if (key !== undefined) throw new HookError('crc32 takes no key', 'key')
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(bytes))
    return { hash: sum.toString(written), algorithm: name, encoding: written, bytes: bytes.length }
  }
  const hasher = key === undefined ? createHash(name) : createHmac(name, bytesOf(key, key_input, 'key'))
  return { hash: hasher.update(bytes).digest(written), algorithm: key === undefined ? name : `hmac-${name}`, encoding: written, bytes: bytes.length }
}
