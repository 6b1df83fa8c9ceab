import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { derivedKey, type KeyConfig, keyRing } from '../access/secrets.ts'
import type { Trx } from '../storage/database.ts'
import { type AuditHead, type AuditRow, selectHead, updateHead } from './audit.store.ts'

/** What stands before the first entry. */
export const beginning = '0'.repeat(64)

/** `detail` is the canonical JSON of what it says, so that the text of the column is covered to the byte. */
export function hashOf(row: AuditRow): string {
  const { hash: _, previous_hash, ...entry } = row
  return createHash('sha256')
    .update(`${previous_hash}\n${canonicalJson(entry)}`)
    .digest('hex')
}

type Unsigned = Omit<AuditHead, 'key_id' | 'mac'>

export function signHead(config: KeyConfig, head: Unsigned): AuditHead {
  const { current } = keyRing(config)
  return { ...head, key_id: current.id, mac: macOf(derivedKey(current, 'audit head'), head) }
}

export type Signature = 'genuine' | 'forged' | 'unknown key'

export function checkSignature(config: KeyConfig, { key_id, mac, ...head }: AuditHead): Signature {
  const key = keyRing(config).all.find(({ id }) => id === key_id)
  if (!key) return 'unknown key'
  const [given, right] = [Buffer.from(mac), Buffer.from(macOf(derivedKey(key, 'audit head'), head))]
  return given.length === right.length && timingSafeEqual(given, right) ? 'genuine' : 'forged'
}

/** Under the current master key. One that is not genuine is left as it is, for `verifyAudit` to tell; `unverified`: its key is lost. */
export async function signHeadAnew(trx: Trx, config: KeyConfig, { unverified = false } = {}) {
  const head = await selectHead(trx)
  if (!head || (!unverified && checkSignature(config, head) !== 'genuine')) return
  const { key_id: _, mac: __, ...unsigned } = head
  await updateHead(trx, signHead(config, unsigned))
}

function macOf(key: Buffer, { seq, hash, first_seq, first_hash }: Unsigned) {
  return createHmac('sha256', key).update(canonicalJson({ seq, hash, first_seq, first_hash })).digest('hex')
}
