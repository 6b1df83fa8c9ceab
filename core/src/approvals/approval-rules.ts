import type { ApprovalRule } from '@cadre/contract/approvals'
import { CadreError } from '@cadre/contract/errors'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import type { KeyConfig } from '../access/secrets.ts'
import { audit } from '../audit/audit.ts'
import { readCursor, writeCursor } from '../storage/cursor.ts'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { deleteRule, selectRules } from './approvals.store.ts'
import type { RuleRow } from './rows.ts'

type RulesApp = { db: Db; config: KeyConfig; now: () => number }

export async function listApprovalRules(
  app: { db: Db },
  actor: Actor,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<ApprovalRule>> {
  const before = cursor === undefined ? undefined : readCursor(cursor)
  const rows = await selectRules(app.db.read, { workspace_id: actor.workspace_id, agents: actor.agents, before, limit: limit + 1 })
  const items = rows.slice(0, limit).map(show)
  return { items, next_cursor: rows.length > limit ? writeCursor(items.at(-1)?.id ?? '') : null }
}

/** From the next call on, somebody is asked again; what was approved by it stays done. */
export async function removeApprovalRule(app: RulesApp, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  await app.db.write(async (trx) => {
    const rule = await deleteRule(trx, actor.workspace_id, id)
    if (!rule) throw new CadreError('APPROVAL_RULE_NOT_FOUND', `there is no approval rule '${id}'`)
    await audit(trx, app, actor, { action: 'approval_rules.remove', target_type: 'approval_rule', target_id: id, detail: { tool: rule.tool } })
  })
  return { id, deleted: true }
}

function show({ id, tool, agent_id, pattern, created_by, created_at }: RuleRow): ApprovalRule {
  return { id, tool, agent_id, pattern: fromJson(pattern) as ApprovalRule['pattern'], created_by, created_at: new Date(created_at).toISOString() }
}
