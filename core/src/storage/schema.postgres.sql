-- Made from the migrations by `npm run schema:dump`; a test compares it. Read it, change the migrations.

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
  constraint agents_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX agents_name ON agents USING btree (name) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX agents_slug ON agents USING btree (slug) WHERE (deleted_at IS NULL);

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
  constraint budgets_id PRIMARY KEY (id)
);

create table connections (
  name text collate "C" not null,
  url text collate "C" not null,
  created_by text collate "C" not null,
  created_at bigint not null,
  constraint connections_name PRIMARY KEY (name)
);

create table hook_values (
  plugin_id text collate "C" not null,
  key text collate "C" not null,
  value text collate "C" not null,
  updated_at bigint not null,
  constraint hook_values_plugin_id_key PRIMARY KEY (plugin_id, key)
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
  constraint model_aliases_alias PRIMARY KEY (alias)
);

create table model_cards (
  provider_id text collate "C" not null,
  model text collate "C" not null,
  card text collate "C" not null,
  measured_at bigint not null,
  constraint model_cards_provider_id_model PRIMARY KEY (provider_id, model)
);

create table plugins (
  id text collate "C" not null,
  manifest text collate "C" not null,
  registered_by text collate "C" not null,
  created_at bigint not null,
  pending text collate "C",
  constraint plugins_id PRIMARY KEY (id)
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

create table providers (
  id text collate "C" not null,
  type text collate "C" not null,
  base_url text collate "C",
  api_key text collate "C",
  default_model text collate "C",
  created_by text collate "C" not null,
  created_at bigint not null,
  options text collate "C",
  constraint providers_id PRIMARY KEY (id)
);

create table run_events (
  run_id text collate "C" not null,
  seq integer not null,
  type text collate "C" not null,
  at bigint not null,
  data text collate "C" not null,
  constraint run_events_run_id_seq PRIMARY KEY (run_id, seq)
);

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
  constraint runs_id PRIMARY KEY (id)
);

CREATE INDEX runs_agent_id ON runs USING btree (agent_id, id);

CREATE INDEX runs_parent ON runs USING btree (parent_run_id) WHERE (parent_run_id IS NOT NULL);

CREATE INDEX runs_status ON runs USING btree (status, id);

CREATE UNIQUE INDEX runs_triggered_by_agent_id_request_key ON runs USING btree (triggered_by, agent_id, request_key);

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
  constraint usage_days_day_agent_id_user_id_key_id_provider_model_shard PRIMARY KEY (day, agent_id, user_id, key_id, provider, model, shard)
);

create table workers (
  id text collate "C" not null,
  kind text collate "C" not null,
  host text collate "C" not null,
  pid integer not null,
  started_at bigint not null,
  heartbeat_at bigint not null,
  constraint workers_id PRIMARY KEY (id)
);
