import { canonicalJson } from '@cadre/contract/canonical-json'
import type { AuditProblem, AuditVerdict } from '@cadre/contract/audit'
import { type KeyConfig } from '../access/secrets.ts'
import type { Db } from '../storage/database.ts'
import { type AuditHead, type AuditRow, hasEntries, selectChain, selectHead } from './audit.store.ts'
import { beginning, checkSignature, hashOf } from './head.ts'

/** A head that was noted elsewhere: the chain must still contain it. */
export type NotedHead = { seq: number; hash: string }

const pageSize = 1000
/** One change in a chain shows at its place; a rewritten one shows everywhere. */
const enough = 100

/** Reads the whole log and says what does not fit, and where. */
export async function verifyAudit({ db, config }: { db: Db; config: KeyConfig }, noted?: NotedHead): Promise<AuditVerdict> {
  const head = await selectHead(db.read)
  const problems: AuditProblem[] = []
  const tell = (seq: number, what: AuditProblem['what'], message: string) => problems.push({ seq, what, message })
  if (!head) {
    if (await hasEntries(db.read)) tell(0, 'head', 'there are entries and no head: its row was removed')
    if (noted) tell(noted.seq, 'missing', `entry ${noted.seq}, which was noted, is gone with all others`)
    return { ok: problems.length === 0, entries: 0, first_seq: 1, last_seq: 0, last_hash: beginning, problems }
  }
  const signature = checkSignature(config, head)
  if (signature === 'forged') tell(head.seq, 'head', 'the head is not as Cadre signed it: it was written by someone without the master key')
  if (signature === 'unknown key') tell(head.seq, 'head', `the head was signed with the key ${head.key_id}, which this server does not have`)

  const { entries, last } = await walk(db, head, noted, tell)
  // Entries that were added while this was read are none of its business.
  if (last.seq < head.seq)
    tell(last.seq + 1, 'missing', last.seq + 1 === head.seq ? `entry ${head.seq} is missing` : `entries ${last.seq + 1} to ${head.seq} are missing`)
  if (noted && (noted.seq < head.first_seq || noted.seq > head.seq))
    tell(noted.seq, 'missing', `entry ${noted.seq}, which was noted, is not in the log`)
  problems.sort((a, b) => a.seq - b.seq)
  return { ok: problems.length === 0, entries, first_seq: head.first_seq, last_seq: head.seq, last_hash: head.hash, problems }
}

type Tell = (seq: number, what: AuditProblem['what'], message: string) => void

async function walk(db: Db, head: AuditHead, noted: NotedHead | undefined, tell: Tell) {
  let last = { seq: head.first_seq - 1, hash: head.first_hash }
  let entries = 0
  let told = 0
  const once: Tell = (...what) => {
    if (told++ < enough) tell(...what)
  }
  for (let page = await selectChain(db.read, last.seq, pageSize); page.length > 0; page = await selectChain(db.read, last.seq, pageSize)) {
    for (const row of page) {
      if (row.seq > head.seq && (await isNewer(db, head, row))) return { entries, last }
      checkEntry(row, last, head, once)
      if (row.seq === noted?.seq && row.hash !== noted.hash) once(row.seq, 'edited', `entry ${row.seq} is not the one that was noted`)
      last = { seq: row.seq, hash: row.hash }
      entries++
    }
  }
  return { entries, last }
}

/** Whether it was appended since the head was read. */
async function isNewer(db: Db, head: AuditHead, row: AuditRow) {
  const now = await selectHead(db.read)
  return now !== null && now.seq > head.seq && row.seq <= now.seq
}

function checkEntry(row: AuditRow, last: { seq: number; hash: string }, head: AuditHead, tell: Tell) {
  const { seq } = row
  if (seq > last.seq + 1)
    tell(last.seq + 1, 'missing', seq === last.seq + 2 ? `entry ${last.seq + 1} is missing` : `entries ${last.seq + 1} to ${seq - 1} are missing`)
  if (hashOf(row) !== row.hash || !isCanonical(row.detail)) tell(seq, 'edited', `entry ${seq} is not as it was written`)
  // After a gap the hash before is not known.
  if (seq === last.seq + 1 && row.previous_hash !== last.hash)
    tell(seq, 'chain', `entry ${seq} does not follow the one before it: one of them was replaced, inserted or moved`)
  if (seq === head.seq && row.hash !== head.hash) tell(seq, 'chain', `entry ${seq} is not the one that the head names`)
  if (seq > head.seq) tell(seq, 'inserted', `entry ${seq} comes after the head: it was inserted`)
}

function isCanonical(detail: string | null) {
  if (detail === null) return true
  try {
    return canonicalJson(JSON.parse(detail)) === detail
  } catch {
    return false
  }
}
