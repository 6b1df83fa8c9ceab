/**
 * Where a person stands in the tables. `whose` is the column with the id: of the user, or (`actor`) of the user or one of their keys.
 * `hide`: columns that open doors and are no use to anyone else. `erase`: what becomes of the rows when the person is erased; `keep`
 * where they hold ids and figures only.
 */
export type PersonalTable = {
  table: string
  whose: string
  actor?: true
  hide?: readonly string[]
  erase: 'delete' | 'keep' | Record<string, string | number | null>
}

export const erasedText = '[erased]'

export const personalTables: readonly PersonalTable[] = [
  {
    table: 'users',
    whose: 'id',
    hide: ['password'],
    erase: { email: null, name: erasedText, password: null, external_issuer: null, external_subject: null },
  },
  { table: 'memberships', whose: 'user_id', erase: 'delete' },
  { table: 'sessions', whose: 'user_id', hide: ['hash'], erase: 'delete' },
  { table: 'grants', whose: 'user_id', erase: 'delete' },
  { table: 'login_tokens', whose: 'user_id', hide: ['hash'], erase: 'delete' },
  {
    table: 'runs',
    whose: 'triggered_by',
    actor: true,
    // The journal goes too, so there is nothing to follow.
    erase: {
      input: erasedText,
      data: null,
      history: null,
      output_text: null,
      error_message: null,
      waiting: null,
      request_key: null,
      request_hash: null,
      ip_address: null,
      user_agent: null,
      last_seq: 0,
    },
  },
  // The exact input of a tool call, as somebody was asked to approve it.
  { table: 'approvals', whose: 'asked_by', actor: true, erase: { input: '{}', edited_input: null, pattern: null, note: null } },
  { table: 'approvals', whose: 'decided_by', actor: true, erase: { note: null } },
  { table: 'usage_calls', whose: 'user_id', actor: true, erase: 'keep' },
  { table: 'usage_days', whose: 'user_id', actor: true, erase: 'keep' },
  { table: 'audit_log', whose: 'actor_id', actor: true, erase: 'keep' },
  // After the others, which find the person by these.
  { table: 'api_keys', whose: 'user_id', hide: ['hash'], erase: 'delete' },
]

/** Whose the row is once more, beside the column that it is found by: only an id. */
export const saidTwice = ['runs.user_id', 'approvals.user_id']

/** Made for the workspace, which goes on using it; of whoever made it an id is left, which nothing else leads from any more. */
export const madeForWorkspace = [
  'agents.created_by',
  'agents.updated_by',
  'agent_versions.changed_by',
  'plugins.registered_by',
  'lifecycle_switches.switched_by',
  'settings.set_by',
  'connections.created_by',
  'providers.created_by',
  'prices.updated_by',
  'budgets.created_by',
  'grants.created_by',
  'approval_rules.created_by',
]
