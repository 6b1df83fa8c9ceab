import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { CadreError } from '@cadre/contract/errors'
import { ConfigError } from '../config-error.ts'

/** `key`: the master key itself, as base64 or hex. `key_file`: where it is kept, and made at first use, when `key` is null. */
export type KeyConfig = { key: string | null; key_file: string }

const keys = new WeakMap<KeyConfig, Buffer>()
const version = 'v1.'

/**
 * Seals a secret with AES-256-GCM under the master key.
 * @param boundTo `table:row id`; the text opens for this row only, so a sealed value copied into another row is refused.
 */
export function seal(config: KeyConfig, text: string, boundTo: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', masterKey(config), nonce).setAAD(Buffer.from(boundTo))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return version + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Throws a CadreError of one sentence when the key is not the one that sealed it, or the text is not of this row. */
export function unseal(config: KeyConfig, sealed: string, boundTo: string): string {
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
  try {
    if (!sealed.startsWith(version) || bytes.length < 28) throw new Error('not a sealed text')
    const decipher = createDecipheriv('aes-256-gcm', masterKey(config), bytes.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(boundTo))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const source = config.key === null ? `the key in ${config.key_file}` : 'CADRE_KEY'
    throw new CadreError(
      'UNAVAILABLE',
      `the secret stored for ${boundTo} was sealed with another key than ${source}; bring that key back or store the secret anew`,
    )
  }
}

/** Reads the master key now, so that a wrong one is told at the start. A key file that is not there yet is made at first use. */
export function checkKey(config: KeyConfig) {
  if (config.key !== null) masterKey(config)
  else if (read(config.key_file) !== null) masterKey(config)
}

function masterKey(config: KeyConfig): Buffer {
  const known = keys.get(config)
  if (known) return known
  const key = config.key === null ? fromFile(config.key_file) : parse(config.key, 'CADRE_KEY')
  keys.set(config, key)
  return key
}

function fromFile(path: string): Buffer {
  return parse(read(path) ?? make(path), path)
}

function parse(text: string, where: string): Buffer {
  const trimmed = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (key.length === 32 && /^[\w+/=-]+$/.test(trimmed)) return key
  throw new ConfigError(`${where}: must be 32 bytes as base64 or as 64 hex digits; \`openssl rand -base64 32\` makes one`)
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ConfigError(`CADRE_KEY_FILE: ${path} cannot be read: ${(error as Error).message}`)
  }
}

// Written aside and linked into place: of two processes that make it at once, one wins and both use the winner's.
function make(path: string): string {
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(aside, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    linkSync(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new ConfigError(`CADRE_KEY_FILE: ${path} cannot be made: ${(error as Error).message}`)
  } finally {
    rmSync(aside, { force: true })
  }
  return readFileSync(path, 'utf8')
}
