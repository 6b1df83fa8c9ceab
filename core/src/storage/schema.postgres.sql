-- Made from the migrations by `npm run schema:dump`; a test compares it. Read it, change the migrations.

create table agent_versions (
  agent_id text collate "C" not null,
  version integer not null,
  definition text collate "C" not null,
  changed_by text collate "C",
  changed_at bigint not null,
  restored_from integer,
  constraint agent_versions_id PRIMARY KEY (agent_id, version)
);

create table agents (
  id text collate "C" not null,
  name text collate "C" not null,
  slug text collate "C" not null,
  description text collate "C",
  provider text collate "C" not null,
  model text collate "C" not null,
  system_prompt text collate "C" not null,
  tools text collate "C" not null,
  config text collate "C" not null,
  output_schema text collate "C",
  is_public integer not null,
  api_key_required integer not null,
  allowed_api_keys text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  workspace_id text collate "C" not null,
  role text collate "C",
  backstory text collate "C",
  goal text collate "C",
  prompt_template text collate "C",
  version integer not null default 1,
  updated_by text collate "C",
  restored_from integer,
  constraint agents_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX agents_workspace_id_name ON agents USING btree (workspace_id, name) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX agents_workspace_id_slug ON agents USING btree (workspace_id, slug) WHERE (deleted_at IS NULL);

create table api_keys (
  id text collate "C" not null,
  workspace_id text collate "C" not null,
  user_id text collate "C" not null,
  name text collate "C" not null,
  prefix text collate "C" not null,
  hash text collate "C" not null,
  role text collate "C" not null,
  scopes text collate "C",
  agents text collate "C",
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint,
  created_at bigint not null,
  constraint api_keys_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX api_keys_prefix ON api_keys USING btree (prefix);

CREATE INDEX api_keys_workspace_id ON api_keys USING btree (workspace_id);

create table approval_rules (
  id text collate "C" not null,
  workspace_id text collate "C" not null,
  agent_id text collate "C",
  tool text collate "C" not null,
  pattern text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  constraint approval_rules_id PRIMARY KEY (id)
);

CREATE INDEX approval_rules_workspace_id_tool ON approval_rules USING btree (workspace_id, tool);

create table approvals (
  id text collate "C" not null,
  workspace_id text collate "C" not null,
  run_id text collate "C" not null,
  step integer not null,
  agent_id text collate "C" not null,
  agent_name text collate "C" not null,
  asked_by text collate "C" not null,
  tool text collate "C" not null,
  effect text collate "C" not null,
  setup text collate "C" not null,
  input text collate "C" not null,
  input_hash text collate "C" not null,
  reasons text collate "C" not null,
  status text collate "C" not null,
  scope text collate "C",
  pattern text collate "C",
  edited_input text collate "C",
  note text collate "C",
  decided_by text collate "C",
  decided_at bigint,
  expires_at bigint not null,
  created_at bigint not null,
  user_id text collate "C",
  constraint approvals_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX approvals_run_id_step ON approvals USING btree (run_id, step);

CREATE INDEX approvals_workspace_id ON approvals USING btree (workspace_id, id);

CREATE INDEX approvals_workspace_id_status ON approvals USING btree (workspace_id, status, id);

create table attachment_files (
  hash text collate "C" not null,
  content bytea not null,
  constraint attachment_files_hash PRIMARY KEY (hash)
);

create table attachments (
  id text collate "C" not null,
  conversation_id text collate "C" not null,
  message_id text collate "C",
  name text collate "C" not null,
  media_type text collate "C" not null,
  bytes bigint not null,
  hash text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  constraint attachments_id PRIMARY KEY (id)
);

CREATE INDEX attachments_conversation_id ON attachments USING btree (conversation_id);

CREATE INDEX attachments_hash ON attachments USING btree (hash);

CREATE INDEX attachments_message_id ON attachments USING btree (message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX attachments_unsent ON attachments USING btree (created_at) WHERE (message_id IS NULL);

create table audit_head (
  id integer not null,
  seq bigint not null,
  hash text collate "C" not null,
  first_seq bigint not null,
  first_hash text collate "C" not null,
  key_id text collate "C" not null,
  mac text collate "C" not null,
  constraint audit_head_id PRIMARY KEY (id)
);

create table audit_log (
  seq bigint not null,
  at bigint not null,
  workspace_id text collate "C" not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  action text collate "C" not null,
  target_type text collate "C",
  target_id text collate "C",
  detail text collate "C",
  ip text collate "C",
  request_id text collate "C",
  previous_hash text collate "C" not null,
  hash text collate "C" not null,
  constraint audit_log_seq PRIMARY KEY (seq)
);

CREATE INDEX audit_log_actor_id ON audit_log USING btree (actor_id, seq);

CREATE INDEX audit_log_at ON audit_log USING btree (at);

CREATE INDEX audit_log_target_id ON audit_log USING btree (target_id, seq);

CREATE INDEX audit_log_workspace_id ON audit_log USING btree (workspace_id, seq);

create table blobs (
  hash text collate "C" not null,
  content text collate "C" not null,
  constraint blobs_hash PRIMARY KEY (hash)
);

create table budget_counters (
  budget_id text collate "C" not null,
  subject text collate "C" not null,
  period_key text collate "C" not null,
  spent bigint not null,
  reserved bigint not null,
  raised_to bigint,
  constraint budget_counters_budget_id_subject_period_key PRIMARY KEY (budget_id, subject, period_key)
);

create table budget_reservations (
  id text collate "C" not null,
  run_id text collate "C" not null,
  lines text collate "C" not null,
  expires_at bigint not null,
  constraint budget_reservations_id PRIMARY KEY (id)
);

CREATE INDEX budget_reservations_run_id ON budget_reservations USING btree (run_id);

create table budgets (
  id text collate "C" not null,
  scope text collate "C" not null,
  scope_id text collate "C" not null,
  period text collate "C" not null,
  unit text collate "C" not null,
  limit_amount bigint not null,
  on_exceed text collate "C" not null,
  unknown text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  workspace_id text collate "C" not null,
  constraint budgets_id PRIMARY KEY (id)
);

create table connections (
  name text collate "C" not null,
  url text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  workspace_id text collate "C" not null,
  constraint connections_workspace_id_name PRIMARY KEY (workspace_id, name)
);

create table conversation_events (
  pos bigint not null default ((pg_current_xact_id())::text)::bigint,
  conversation_id text collate "C" not null,
  seq integer not null,
  type text collate "C" not null,
  at bigint not null,
  data text collate "C" not null
);

CREATE UNIQUE INDEX conversation_events_conversation_id_seq ON conversation_events USING btree (conversation_id, seq);

CREATE INDEX conversation_events_pos ON conversation_events USING btree (pos);

create table conversations (
  id text collate "C" not null,
  workspace_id text collate "C" not null,
  kind text collate "C" not null,
  project_id text collate "C",
  title text collate "C",
  topic text collate "C",
  policy text collate "C" not null,
  pair text collate "C",
  import_key text collate "C",
  created_by text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_seq integer not null,
  last_event integer not null,
  last_message_at bigint,
  active_at bigint not null,
  retention_days integer,
  deleted_at bigint,
  constraint conversations_id PRIMARY KEY (id)
);

CREATE INDEX conversations_channels ON conversations USING btree (workspace_id, project_id) WHERE ((kind = 'channel'::text) AND (deleted_at IS NULL));

CREATE INDEX conversations_retention_days ON conversations USING btree (id) WHERE ((retention_days IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX conversations_workspace_id_active_at ON conversations USING btree (workspace_id, active_at, id);

CREATE UNIQUE INDEX conversations_workspace_id_created_by_import_key ON conversations USING btree (workspace_id, created_by, import_key) WHERE ((import_key IS NOT NULL) AND (deleted_at IS NULL));

CREATE UNIQUE INDEX conversations_workspace_id_pair ON conversations USING btree (workspace_id, pair) WHERE ((pair IS NOT NULL) AND (deleted_at IS NULL));

create table grants (
  workspace_id text collate "C" not null,
  user_id text collate "C" not null,
  resource_type text collate "C" not null,
  resource_id text collate "C" not null,
  level text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  constraint grants_workspace_id_user_id_resource_type_resource_id PRIMARY KEY (workspace_id, user_id, resource_type, resource_id)
);

create table hook_values (
  plugin_id text collate "C" not null,
  key text collate "C" not null,
  value text collate "C" not null,
  updated_at bigint not null,
  workspace_id text collate "C" not null,
  constraint hook_values_workspace_id_plugin_id_key PRIMARY KEY (workspace_id, plugin_id, key)
);

create table job_pauses (
  name text collate "C" not null,
  paused_at bigint not null,
  constraint job_pauses_name PRIMARY KEY (name)
);

create table jobs (
  id text collate "C" not null,
  name text collate "C" not null,
  data text collate "C" not null,
  priority integer not null,
  status text collate "C" not null,
  progress integer not null,
  attempts integer not null,
  max_attempts bigint not null,
  backoff_ms bigint not null,
  run_at bigint not null,
  worker_id text collate "C",
  token integer not null default 0,
  result text collate "C",
  failure_reason text collate "C",
  created_at bigint not null,
  started_at bigint,
  completed_at bigint,
  constraint jobs_id PRIMARY KEY (id)
);

CREATE INDEX jobs_active ON jobs USING btree (worker_id) WHERE (status = 'active'::text);

CREATE INDEX jobs_delayed ON jobs USING btree (run_at) WHERE (status = 'delayed'::text);

CREATE INDEX jobs_failed ON jobs USING btree (id) WHERE (status = 'failed'::text);

CREATE INDEX jobs_waiting ON jobs USING btree (priority DESC, run_at, id, name) WHERE (status = 'waiting'::text);

create table key_check (
  id text collate "C" not null,
  sealed text collate "C" not null,
  created_at bigint not null,
  constraint key_check_id PRIMARY KEY (id)
);

create table lifecycle_counts (
  workspace_id text collate "C" not null,
  plugin_id text collate "C" not null,
  point text collate "C" not null,
  calls bigint not null,
  changed bigint not null,
  refused bigint not null,
  failed bigint not null,
  last_error text collate "C",
  last_failed_at bigint,
  constraint lifecycle_counts_id PRIMARY KEY (workspace_id, plugin_id, point)
);

create table lifecycle_switches (
  workspace_id text collate "C" not null,
  plugin_id text collate "C" not null,
  points text collate "C" not null,
  agents text collate "C",
  options text collate "C" not null,
  switched_by text collate "C" not null,
  switched_at bigint not null,
  constraint lifecycle_switches_id PRIMARY KEY (workspace_id, plugin_id)
);

create table llm_messages (
  id text collate "C" not null,
  message_id text collate "C" not null,
  role text collate "C" not null,
  content text collate "C" not null,
  created_at bigint not null,
  constraint llm_messages_id PRIMARY KEY (id)
);

CREATE INDEX llm_messages_message_id ON llm_messages USING btree (message_id, id);

create table login_tokens (
  hash text collate "C" not null,
  purpose text collate "C" not null,
  user_id text collate "C",
  expires_at bigint not null,
  used_at bigint,
  constraint login_tokens_hash PRIMARY KEY (hash)
);

create table machine_stats (
  at bigint not null,
  process text collate "C" not null,
  cpu double precision not null,
  machine_cpu double precision not null,
  event_loop_ms double precision not null,
  query_ms double precision not null,
  pool double precision not null,
  memory bigint not null,
  machine_memory bigint not null,
  disk_free bigint not null,
  queue_depth bigint not null,
  constraint machine_stats_id PRIMARY KEY (at, process)
);

create table memberships (
  workspace_id text collate "C" not null,
  user_id text collate "C" not null,
  role text collate "C" not null,
  created_at bigint not null,
  constraint memberships_workspace_id_user_id PRIMARY KEY (workspace_id, user_id)
);

CREATE INDEX memberships_user_id ON memberships USING btree (user_id);

create table mentions (
  message_id text collate "C" not null,
  kind text collate "C" not null,
  participant_id text collate "C" not null,
  constraint mentions_message_id_kind_participant_id PRIMARY KEY (message_id, kind, participant_id)
);

CREATE INDEX mentions_participant_id ON mentions USING btree (kind, participant_id, message_id);

create table message_jobs (
  message_id text collate "C" not null,
  agent_id text collate "C" not null,
  conversation_id text collate "C" not null,
  job_id text collate "C" not null,
  run_id text collate "C",
  status text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  key_id text collate "C",
  constraint message_jobs_message_id_agent_id_job_id PRIMARY KEY (message_id, agent_id, job_id)
);

CREATE INDEX message_jobs_agent_id ON message_jobs USING btree (agent_id, status);

CREATE INDEX message_jobs_conversation_id ON message_jobs USING btree (conversation_id, status);

CREATE INDEX message_jobs_job_id ON message_jobs USING btree (job_id);

CREATE INDEX message_jobs_open ON message_jobs USING btree (status, conversation_id) WHERE (status = ANY (ARRAY['waiting'::text, 'responding'::text]));

CREATE INDEX message_jobs_run_id ON message_jobs USING btree (run_id) WHERE (run_id IS NOT NULL);

create table messages (
  num bigint not null,
  id text collate "C" not null,
  conversation_id text collate "C" not null,
  seq integer not null,
  author_kind text collate "C" not null,
  author_id text collate "C" not null,
  content text collate "C" not null,
  status text collate "C" not null,
  thread_id text collate "C",
  parent_id text collate "C",
  active integer not null,
  run_id text collate "C",
  hop integer not null,
  metadata text collate "C",
  client_key text collate "C",
  created_at bigint not null,
  updated_at bigint not null,
  edited_at bigint,
  deleted_at bigint,
  words tsvector,
  constraint messages_pkey PRIMARY KEY (num)
);

CREATE UNIQUE INDEX messages_conversation_id_author_kind_author_id_client_key ON messages USING btree (conversation_id, author_kind, author_id, client_key) WHERE (client_key IS NOT NULL);

CREATE UNIQUE INDEX messages_conversation_id_seq ON messages USING btree (conversation_id, seq);

CREATE INDEX messages_hidden ON messages USING btree (conversation_id, seq) WHERE ((deleted_at IS NOT NULL) OR (active = 0));

CREATE UNIQUE INDEX messages_id ON messages USING btree (id);

CREATE INDEX messages_parent_id ON messages USING btree (parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX messages_thread_id ON messages USING btree (thread_id, seq) WHERE (thread_id IS NOT NULL);

CREATE INDEX messages_words ON messages USING gin (words);

create table migrations (
  name text not null,
  compatible integer not null,
  applied_at bigint not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table model_aliases (
  alias text collate "C" not null,
  provider_type text collate "C",
  model text collate "C" not null,
  updated_at bigint not null,
  workspace_id text collate "C" not null,
  constraint model_aliases_workspace_id_alias PRIMARY KEY (workspace_id, alias)
);

create table model_cards (
  provider_id text collate "C" not null,
  model text collate "C" not null,
  card text collate "C" not null,
  measured_at bigint not null,
  workspace_id text collate "C" not null,
  constraint model_cards_workspace_id_provider_id_model PRIMARY KEY (workspace_id, provider_id, model)
);

create table participants (
  conversation_id text collate "C" not null,
  kind text collate "C" not null,
  participant_id text collate "C" not null,
  role text collate "C" not null,
  joined_at bigint not null,
  left_at bigint,
  last_read_seq integer not null,
  muted integer not null,
  constraint participants_conversation_id_kind_participant_id PRIMARY KEY (conversation_id, kind, participant_id)
);

CREATE INDEX participants_participant_id ON participants USING btree (kind, participant_id, conversation_id) WHERE (left_at IS NULL);

create table pins (
  message_id text collate "C" not null,
  conversation_id text collate "C" not null,
  pinned_by text collate "C" not null,
  created_at bigint not null,
  constraint pins_message_id PRIMARY KEY (message_id)
);

CREATE INDEX pins_conversation_id ON pins USING btree (conversation_id, created_at);

create table plugins (
  id text collate "C" not null,
  manifest text collate "C" not null,
  registered_by text collate "C" not null,
  created_at bigint not null,
  pending text collate "C",
  workspace_id text collate "C" not null,
  constraint plugins_workspace_id_id PRIMARY KEY (workspace_id, id)
);

create table prices (
  provider text collate "C" not null,
  model text collate "C" not null,
  input bigint not null,
  cached_input bigint,
  cache_write bigint,
  output bigint not null,
  reasoning bigint,
  updated_by text collate "C" not null,
  updated_at bigint not null,
  constraint prices_provider_model PRIMARY KEY (provider, model)
);

create table projects (
  id text collate "C" not null,
  workspace_id text collate "C" not null,
  name text collate "C" not null,
  description text collate "C",
  created_by text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  constraint projects_id PRIMARY KEY (id)
);

CREATE INDEX projects_workspace_id ON projects USING btree (workspace_id, id);

create table providers (
  id text collate "C" not null,
  type text collate "C" not null,
  base_url text collate "C",
  api_key text collate "C",
  default_model text collate "C",
  created_by text collate "C" not null,
  created_at bigint not null,
  options text collate "C",
  workspace_id text collate "C" not null,
  constraint providers_workspace_id_id PRIMARY KEY (workspace_id, id)
);

create table rate_limits (
  key text not null,
  points integer not null,
  expire bigint,
  constraint rate_limits_pkey PRIMARY KEY (key)
);

create table reactions (
  message_id text collate "C" not null,
  emoji text collate "C" not null,
  kind text collate "C" not null,
  participant_id text collate "C" not null,
  created_at bigint not null,
  constraint reactions_message_id_emoji_kind_participant_id PRIMARY KEY (message_id, emoji, kind, participant_id)
);

CREATE INDEX reactions_emoji ON reactions USING btree (emoji, created_at);

create table run_events (
  run_id text collate "C" not null,
  seq integer not null,
  type text collate "C" not null,
  at bigint not null,
  data text collate "C" not null,
  constraint run_events_run_id_seq PRIMARY KEY (run_id, seq)
);

create table run_labels (
  root_run_id text collate "C" not null,
  label text collate "C" not null,
  run_id text collate "C" not null,
  step integer not null,
  tool text collate "C" not null,
  constraint run_labels_root_run_id_label PRIMARY KEY (root_run_id, label)
);

create table run_stats (
  workspace_id text collate "C" not null,
  agent_id text collate "C" not null,
  span bigint not null,
  at bigint not null,
  status text collate "C" not null,
  talk integer not null,
  bin integer not null,
  shard integer not null,
  runs bigint not null,
  duration_ms bigint not null,
  constraint run_stats_id PRIMARY KEY (workspace_id, agent_id, span, at, status, talk, bin, shard)
);

CREATE INDEX run_stats_at ON run_stats USING btree (span, at);

create table runs (
  id text collate "C" not null,
  agent_id text collate "C" not null,
  status text collate "C" not null,
  mode text collate "C" not null,
  input text collate "C" not null,
  data text collate "C",
  setup text collate "C" not null,
  output_text text collate "C",
  error_code text collate "C",
  error_message text collate "C",
  waiting text collate "C",
  provider text collate "C",
  model text collate "C",
  total_steps integer not null,
  tokens_input bigint not null,
  tokens_output bigint not null,
  cost double precision,
  attempts integer not null,
  last_seq integer not null,
  token integer not null,
  job_id text collate "C" not null,
  cancel_requested_at bigint,
  request_key text collate "C",
  request_hash text collate "C",
  triggered_by text collate "C" not null,
  ip_address text collate "C",
  user_agent text collate "C",
  created_at bigint not null,
  started_at bigint,
  completed_at bigint,
  parent_run_id text collate "C",
  depth integer not null default 0,
  workspace_id text collate "C" not null,
  user_id text collate "C",
  key_id text collate "C",
  origin text collate "C",
  history text collate "C",
  agent_version integer,
  retry_of text collate "C",
  forked_from text collate "C",
  constraint runs_id PRIMARY KEY (id)
);

CREATE INDEX runs_agent_id ON runs USING btree (agent_id, id);

CREATE INDEX runs_parent ON runs USING btree (parent_run_id) WHERE (parent_run_id IS NOT NULL);

CREATE INDEX runs_waiting ON runs USING btree (workspace_id) WHERE (waiting IS NOT NULL);

CREATE INDEX runs_workspace_id ON runs USING btree (workspace_id, id);

CREATE INDEX runs_workspace_id_status ON runs USING btree (workspace_id, status, id);

CREATE UNIQUE INDEX runs_workspace_id_triggered_by_agent_id_request_key ON runs USING btree (workspace_id, triggered_by, agent_id, request_key) WHERE (request_key IS NOT NULL);

CREATE INDEX runs_workspace_id_user_id ON runs USING btree (workspace_id, user_id, id);

create table sessions (
  hash text collate "C" not null,
  user_id text collate "C" not null,
  workspace_id text collate "C" not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  ip text collate "C",
  user_agent text collate "C",
  constraint sessions_hash PRIMARY KEY (hash)
);

CREATE INDEX sessions_user_id ON sessions USING btree (user_id);

create table settings (
  name text collate "C" not null,
  value text collate "C" not null,
  set_by text collate "C" not null,
  set_at bigint not null,
  constraint settings_name PRIMARY KEY (name)
);

create table signing_keys (
  id text collate "C" not null,
  algorithm text collate "C" not null,
  public_key text collate "C" not null,
  private_key text collate "C" not null,
  created_at bigint not null,
  retired_at bigint,
  constraint signing_keys_id PRIMARY KEY (id)
);

create table usage_calls (
  run_id text collate "C" not null,
  call integer not null,
  attempt integer not null,
  agent_id text collate "C" not null,
  user_id text collate "C" not null,
  key_id text collate "C",
  provider text collate "C" not null,
  model text collate "C" not null,
  day text collate "C" not null,
  tokens_input integer not null,
  tokens_cached integer not null,
  tokens_cache_write integer not null,
  tokens_output integer not null,
  tokens_reasoning integer not null,
  cost_micros bigint,
  duration_ms integer not null,
  status text collate "C" not null,
  workspace_id text collate "C" not null,
  estimated integer not null default 0,
  constraint usage_calls_run_id_call_attempt PRIMARY KEY (run_id, call, attempt)
);

create table usage_days (
  day text collate "C" not null,
  agent_id text collate "C" not null,
  user_id text collate "C" not null,
  key_id text collate "C" not null,
  provider text collate "C" not null,
  model text collate "C" not null,
  shard integer not null,
  calls bigint not null,
  failed bigint not null,
  retries bigint not null,
  unpriced bigint not null,
  tokens_input bigint not null,
  tokens_cached bigint not null,
  tokens_output bigint not null,
  tokens_reasoning bigint not null,
  cost_micros bigint not null,
  duration_ms bigint not null,
  workspace_id text collate "C" not null,
  estimated bigint not null default 0,
  constraint usage_days_key PRIMARY KEY (workspace_id, day, agent_id, user_id, key_id, provider, model, shard)
);

create table users (
  id text collate "C" not null,
  email text collate "C",
  name text collate "C" not null,
  password text collate "C",
  external_issuer text collate "C",
  external_subject text collate "C",
  disabled_at bigint,
  credentials_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint users_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX users_email ON users USING btree (email);

CREATE UNIQUE INDEX users_external_issuer_external_subject ON users USING btree (external_issuer, external_subject);

create table workers (
  id text collate "C" not null,
  kind text collate "C" not null,
  host text collate "C" not null,
  pid integer not null,
  started_at bigint not null,
  heartbeat_at bigint not null,
  constraint workers_id PRIMARY KEY (id)
);

create table workspaces (
  id text collate "C" not null,
  name text collate "C" not null,
  slug text collate "C" not null,
  created_at bigint not null,
  constraint workspaces_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX workspaces_slug ON workspaces USING btree (slug);
