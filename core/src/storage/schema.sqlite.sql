-- Made from the migrations by `npm run schema:dump`; a test compares it. Read it, change the migrations.

CREATE TABLE "agents" (
  "id" text not null,
  "name" text not null,
  "slug" text not null,
  "description" text,
  "provider" text not null,
  "model" text not null,
  "system_prompt" text not null,
  "tools" text not null,
  "config" text not null,
  "output_schema" text,
  "is_public" integer not null,
  "api_key_required" integer not null,
  "allowed_api_keys" text not null,
  "created_by" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "deleted_at" bigint,
  constraint "agents_id" primary key ("id")
);

CREATE UNIQUE INDEX agents_name on agents (name) where deleted_at is null;

CREATE UNIQUE INDEX agents_slug on agents (slug) where deleted_at is null;

CREATE TABLE "blobs" (
  "hash" text not null,
  "content" text not null,
  constraint "blobs_hash" primary key ("hash")
);

CREATE TABLE "budget_counters" (
  "budget_id" text not null,
  "subject" text not null,
  "period_key" text not null,
  "spent" bigint not null,
  "reserved" bigint not null,
  "raised_to" bigint,
  constraint "budget_counters_budget_id_subject_period_key" primary key ("budget_id", "subject", "period_key")
) without rowid;

CREATE TABLE "budget_reservations" (
  "id" text not null,
  "run_id" text not null,
  "lines" text not null,
  "expires_at" bigint not null,
  constraint "budget_reservations_id" primary key ("id")
);

CREATE INDEX "budget_reservations_run_id" on "budget_reservations" ("run_id");

CREATE TABLE "budgets" (
  "id" text not null,
  "scope" text not null,
  "scope_id" text not null,
  "period" text not null,
  "unit" text not null,
  "limit_amount" bigint not null,
  "on_exceed" text not null,
  "unknown" text not null,
  "created_by" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "budgets_id" primary key ("id")
);

CREATE TABLE "connections" (
  "name" text not null,
  "url" text not null,
  "created_by" text not null,
  "created_at" bigint not null,
  constraint "connections_name" primary key ("name")
);

CREATE TABLE "hook_values" (
  "plugin_id" text not null,
  "key" text not null,
  "value" text not null,
  "updated_at" bigint not null,
  constraint "hook_values_plugin_id_key" primary key ("plugin_id", "key")
);

CREATE TABLE "job_pauses" (
  "name" text not null,
  "paused_at" bigint not null,
  constraint "job_pauses_name" primary key ("name")
);

CREATE TABLE "jobs" (
  "id" text not null,
  "name" text not null,
  "data" text not null,
  "priority" integer not null,
  "status" text not null,
  "progress" integer not null,
  "attempts" integer not null,
  "max_attempts" bigint not null,
  "backoff_ms" bigint not null,
  "run_at" bigint not null,
  "worker_id" text,
  "token" integer default 0 not null,
  "result" text,
  "failure_reason" text,
  "created_at" bigint not null,
  "started_at" bigint,
  "completed_at" bigint,
  constraint "jobs_id" primary key ("id")
);

CREATE INDEX jobs_active on jobs (worker_id) where status = 'active';

CREATE INDEX jobs_delayed on jobs (run_at) where status = 'delayed';

CREATE INDEX jobs_failed on jobs (id) where status = 'failed';

CREATE INDEX jobs_waiting on jobs (priority desc, run_at, id, name) where status = 'waiting';

CREATE TABLE migrations (
  name text primary key,
  compatible integer not null,
  applied_at bigint not null
);

CREATE TABLE "model_aliases" (
  "alias" text not null,
  "provider_type" text,
  "model" text not null,
  "updated_at" bigint not null,
  constraint "model_aliases_alias" primary key ("alias")
);

CREATE TABLE "model_cards" (
  "provider_id" text not null,
  "model" text not null,
  "card" text not null,
  "measured_at" bigint not null,
  constraint "model_cards_provider_id_model" primary key ("provider_id", "model")
);

CREATE TABLE "plugins" (
  "id" text not null,
  "manifest" text not null,
  "registered_by" text not null,
  "created_at" bigint not null,
  "pending" text,
  constraint "plugins_id" primary key ("id")
);

CREATE TABLE "prices" (
  "provider" text not null,
  "model" text not null,
  "input" bigint not null,
  "cached_input" bigint,
  "cache_write" bigint,
  "output" bigint not null,
  "reasoning" bigint,
  "updated_by" text not null,
  "updated_at" bigint not null,
  constraint "prices_provider_model" primary key ("provider", "model")
);

CREATE TABLE "providers" (
  "id" text not null,
  "type" text not null,
  "base_url" text,
  "api_key" text,
  "default_model" text,
  "created_by" text not null,
  "created_at" bigint not null,
  "options" text,
  constraint "providers_id" primary key ("id")
);

CREATE TABLE "run_events" (
  "run_id" text not null,
  "seq" integer not null,
  "type" text not null,
  "at" bigint not null,
  "data" text not null,
  constraint "run_events_run_id_seq" primary key ("run_id", "seq")
) without rowid;

CREATE TABLE "runs" (
  "id" text not null,
  "agent_id" text not null,
  "status" text not null,
  "mode" text not null,
  "input" text not null,
  "data" text,
  "setup" text not null,
  "output_text" text,
  "error_code" text,
  "error_message" text,
  "waiting" text,
  "provider" text,
  "model" text,
  "total_steps" integer not null,
  "tokens_input" bigint not null,
  "tokens_output" bigint not null,
  "cost" double precision,
  "attempts" integer not null,
  "last_seq" integer not null,
  "token" integer not null,
  "job_id" text not null,
  "cancel_requested_at" bigint,
  "request_key" text,
  "request_hash" text,
  "triggered_by" text not null,
  "ip_address" text,
  "user_agent" text,
  "created_at" bigint not null,
  "started_at" bigint,
  "completed_at" bigint,
  "parent_run_id" text,
  "depth" integer default 0 not null,
  constraint "runs_id" primary key ("id")
);

CREATE INDEX "runs_agent_id" on "runs" ("agent_id", "id");

CREATE INDEX runs_parent on runs (parent_run_id) where parent_run_id is not null;

CREATE INDEX "runs_status" on "runs" ("status", "id");

CREATE UNIQUE INDEX "runs_triggered_by_agent_id_request_key" on "runs" ("triggered_by", "agent_id", "request_key");

CREATE TABLE "usage_calls" (
  "run_id" text not null,
  "call" integer not null,
  "attempt" integer not null,
  "agent_id" text not null,
  "user_id" text not null,
  "key_id" text,
  "provider" text not null,
  "model" text not null,
  "day" text not null,
  "tokens_input" integer not null,
  "tokens_cached" integer not null,
  "tokens_cache_write" integer not null,
  "tokens_output" integer not null,
  "tokens_reasoning" integer not null,
  "cost_micros" bigint,
  "duration_ms" integer not null,
  "status" text not null,
  constraint "usage_calls_run_id_call_attempt" primary key ("run_id", "call", "attempt")
) without rowid;

CREATE TABLE "usage_days" (
  "day" text not null,
  "agent_id" text not null,
  "user_id" text not null,
  "key_id" text not null,
  "provider" text not null,
  "model" text not null,
  "shard" integer not null,
  "calls" bigint not null,
  "failed" bigint not null,
  "retries" bigint not null,
  "unpriced" bigint not null,
  "tokens_input" bigint not null,
  "tokens_cached" bigint not null,
  "tokens_output" bigint not null,
  "tokens_reasoning" bigint not null,
  "cost_micros" bigint not null,
  "duration_ms" bigint not null,
  constraint "usage_days_day_agent_id_user_id_key_id_provider_model_shard" primary key ("day", "agent_id", "user_id", "key_id", "provider", "model", "shard")
) without rowid;

CREATE TABLE "workers" (
  "id" text not null,
  "kind" text not null,
  "host" text not null,
  "pid" integer not null,
  "started_at" bigint not null,
  "heartbeat_at" bigint not null,
  constraint "workers_id" primary key ("id")
);
