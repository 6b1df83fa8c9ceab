/** What people are asked before tools are called: a part of tables.ts. */
export type ApprovalTables = {
  approvals: ApprovalsTable
  approval_rules: {
    id: string
    workspace_id: string
    /** null: whichever agent calls. */
    agent_id: string | null
    tool: string
    pattern: string
    created_by: string
    created_at: number
  }
  /** Which run of a family was the first to read data of this kind, and by which step. */
  run_labels: { root_run_id: string; label: string; run_id: string; step: number; tool: string }
}

type ApprovalsTable = {
  id: string
  workspace_id: string
  run_id: string
  step: number
  agent_id: string
  /** As it was called then. */
  agent_name: string
  /** Who started the run. */
  asked_by: string
  /** Whose run it is. */
  user_id: string | null
  tool: string
  effect: string
  /** The run's setup, which has the tool's description and schema. */
  setup: string
  input: string
  /** SHA-256 of the arguments as canonical JSON. */
  input_hash: string
  reasons: string
  status: string
  scope: string | null
  /** For later calls of the run, with the scope `run`; null there: all calls of the tool. */
  pattern: string | null
  edited_input: string | null
  note: string | null
  decided_by: string | null
  decided_at: number | null
  expires_at: number
  created_at: number
}
