import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would run what somebody has to approve: it must not go on beside a newer one.
export const compatible = false

/** What a person is asked before a tool is called, the answers that hold for good, and what kinds of data runs have read. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  const { schema } = db

  await schema
    .createTable('approvals')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('run_id', text, (is) => is.notNull())
    .addColumn('step', 'integer', (is) => is.notNull())
    .addColumn('agent_id', text, (is) => is.notNull())
    .addColumn('agent_name', text, (is) => is.notNull())
    .addColumn('asked_by', text, (is) => is.notNull())
    .addColumn('tool', text, (is) => is.notNull())
    .addColumn('effect', text, (is) => is.notNull())
    .addColumn('setup', text, (is) => is.notNull())
    .addColumn('input', text, (is) => is.notNull())
    .addColumn('input_hash', text, (is) => is.notNull())
    .addColumn('reasons', text, (is) => is.notNull())
    .addColumn('status', text, (is) => is.notNull())
    .addColumn('scope', text)
    .addColumn('pattern', text)
    .addColumn('edited_input', text)
    .addColumn('note', text)
    .addColumn('decided_by', text)
    .addColumn('decided_at', 'bigint')
    .addColumn('expires_at', 'bigint', (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('approvals_id', ['id'])
    .execute()
  // One step is asked about once, whatever crashes between.
  await schema.createIndex('approvals_run_id_step').unique().on('approvals').columns(['run_id', 'step']).execute()
  await schema.createIndex('approvals_workspace_id_status').on('approvals').columns(['workspace_id', 'status', 'id']).execute()
  await schema.createIndex('approvals_workspace_id').on('approvals').columns(['workspace_id', 'id']).execute()

  await schema
    .createTable('approval_rules')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('agent_id', text)
    .addColumn('tool', text, (is) => is.notNull())
    .addColumn('pattern', text, (is) => is.notNull())
    .addColumn('created_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('approval_rules_id', ['id'])
    .execute()
  await schema.createIndex('approval_rules_workspace_id_tool').on('approval_rules').columns(['workspace_id', 'tool']).execute()

  // By the run at the top of a family; at most one row for each label.
  await schema
    .createTable('run_labels')
    .addColumn('root_run_id', text, (is) => is.notNull())
    .addColumn('label', text, (is) => is.notNull())
    .addColumn('run_id', text, (is) => is.notNull())
    .addColumn('step', 'integer', (is) => is.notNull())
    .addColumn('tool', text, (is) => is.notNull())
    .addPrimaryKeyConstraint('run_labels_root_run_id_label', ['root_run_id', 'label'])
    .modifyEnd(withoutRowid)
    .execute()
}
