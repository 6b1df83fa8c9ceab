import type { Approval } from '@cadre/contract/approvals'
import { CadreError } from '@cadre/contract/errors'
import type { JsonSchema } from '@cadre/contract/manifest'
import type { Actor } from '../access/actor.ts'
import { seesRun } from '../agents/sees-runs.ts'
import { getBlob } from '../storage/blobs.ts'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { findApproval } from './approvals.store.ts'
import type { ApprovalRow } from './rows.ts'

export async function getApproval(app: { db: Db }, actor: Actor, id: string): Promise<Approval> {
  const [approval] = await present(app, [await requireApproval(app, actor, id)])
  return approval as Approval
}

/** One of a run that the actor may not see looks missing. */
export async function requireApproval(app: { db: Db }, actor: Actor, id: string): Promise<ApprovalRow> {
  const row = await findApproval(app.db.read, id)
  if (!row || !(await seesRun(app, actor, row))) throw new CadreError('APPROVAL_NOT_FOUND', `there is no approval '${id}'`)
  return row
}

type Frozen = { tools: { name: string; description: string; input: JsonSchema }[] }

/** As they are shown: with what was frozen of the tool when the run began. */
export async function present({ db }: { db: Db }, rows: ApprovalRow[]): Promise<Approval[]> {
  const setups = new Map<string, Frozen>()
  for (const hash of new Set(rows.map(({ setup }) => setup))) setups.set(hash, fromJson(await getBlob(db.read, hash)) as Frozen)
  return rows.map((row) => {
    const tool = setups.get(row.setup)?.tools.find(({ name }) => name === row.tool)
    const { id, run_id, step, asked_by, note, decided_by } = row
    return {
      id,
      status: row.status as Approval['status'],
      run_id,
      step,
      agent: { id: row.agent_id, name: row.agent_name },
      asked_by,
      tool: row.tool,
      tool_description: tool?.description ?? '',
      effect: row.effect as Approval['effect'],
      input_schema: tool?.input ?? {},
      input: fromJson(row.input) as Approval['input'],
      reasons: fromJson(row.reasons) as Approval['reasons'],
      created_at: instant(row.created_at),
      expires_at: instant(row.expires_at),
      decided_by,
      decided_at: row.decided_at === null ? null : instant(row.decided_at),
      scope: row.scope as Approval['scope'],
      edited_input: row.edited_input === null ? null : (fromJson(row.edited_input) as Approval['input']),
      note,
    }
  })
}

function instant(ms: number) {
  return new Date(ms).toISOString()
}
