import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { CadreError } from '@cadre/contract/errors'
import { ConfigError } from '../config-error.ts'
import { defaultWorkspace } from './actor.ts'
import type { SealedRow } from './secrets-columns.ts'
import { guardKeyFile, makeKeyFile, type MasterKey, parseKey, readKeyFile } from './secrets-key-file.ts'

/**
 * `key`: the master key itself, as base64 or hex; `key_previous`: one that still opens what it sealed. `key_file`: where they are kept,
 * and made at the first start, when `key` is null.
 */
export type KeyConfig = { key: string | null; key_previous?: string | null; key_file: string }

/** `current` seals, all open. */
export type KeyRing = { current: MasterKey; all: MasterKey[] }

const rings = new WeakMap<KeyConfig, KeyRing>()

/** `v2.key id.` and then nonce, tag and text. `v1.` names no key and is bound to no workspace; it opens in the first workspace. */
const shape = /^(?:v1|v2\.([0-9a-f]{8}))\.([\w-]{38,})$/

/**
 * Seals a secret with AES-256-GCM under the master key.
 * @param boundTo the text opens for this row of this workspace only, so a sealed value copied into another row is refused.
 */
export function seal(config: KeyConfig, text: string, boundTo: SealedRow, workspace: string): string {
  const { current } = keyRing(config)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', current.bytes, nonce).setAAD(Buffer.from(`${workspace}:${boundTo}`))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `v2.${current.id}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
}

/** Throws a CadreError of one sentence when the key is not the one that sealed it, or the text is not of this row. */
export function unseal(config: KeyConfig, sealed: string, boundTo: SealedRow, workspace: string): string {
  const ring = keyRing(config)
  const [, id, bytes] = shape.exec(sealed) ?? []
  const bound = id === undefined ? boundTo : `${workspace}:${boundTo}`
  const keys = id === undefined ? ring.all.filter(() => workspace === defaultWorkspace) : ring.all.filter((key) => key.id === id)
  for (const key of keys) {
    const text = open(key, Buffer.from(bytes ?? '', 'base64url'), bound)
    if (text !== null) return text
  }
  const known = id !== undefined && keys.length > 0
  throw new CadreError(
    'UNAVAILABLE',
    known
      ? `the secret stored for ${boundTo} was sealed with another key or for another row: it does not open; store it anew`
      : `the secret stored for ${boundTo} was sealed with another key${id ? ` (${id})` : ''} than ${sourceOf(config)} (${ring.current.id}); bring that key back or store the secret anew`,
  )
}

/** The id of the key that sealed it; null where it does not say, or is no sealed text. */
export function keyIdOf(sealed: string): string | null {
  return shape.exec(sealed)?.[1] ?? null
}

export function isSealed(text: string): boolean {
  return shape.test(text)
}

function open(key: MasterKey, bytes: Buffer, bound: string): string | null {
  if (bytes.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(bound))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return null // the tag does not fit: another key, another row, or damage
  }
}

/** A key for another use than sealing. Who knows it knows nothing of the master key. */
export function derivedKey(key: MasterKey, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key.bytes, '', use, 32))
}

/**
 * Reads the master key now, so that a wrong one is told at the start. A key file that is not there yet is not made by looking.
 * @returns what to tell the operator.
 */
export function checkKey(config: KeyConfig): string[] {
  if (config.key === null && readKeyFile(config.key_file) === null) return []
  keyRing(config)
  const warning = config.key === null ? guardKeyFile(config.key_file) : null
  return warning === null ? [] : [warning]
}

/** Where the operator finds the key that is used, for sentences. */
export function sourceOf(config: KeyConfig): string {
  return config.key === null ? `the key in ${config.key_file}` : 'CADRE_KEY'
}

export function hasKey(config: KeyConfig): boolean {
  return config.key !== null || readKeyFile(config.key_file) !== null
}

export function keyRing(config: KeyConfig): KeyRing {
  const known = rings.get(config)
  if (known) return known
  const found = config.key === null ? (readKeyFile(config.key_file) ?? makeKeyFile(config.key_file)) : [parseKey(config.key, 'CADRE_KEY')]
  const all = config.key_previous ? [...found, parseKey(config.key_previous, 'CADRE_KEY_PREVIOUS')] : found
  const [current] = all
  if (!current) throw new ConfigError(`${config.key_file}: holds no key`)
  const ring = { current, all }
  rings.set(config, ring)
  return ring
}

/** The key file was written anew. */
export function forgetKeys(config: KeyConfig) {
  rings.delete(config)
}
