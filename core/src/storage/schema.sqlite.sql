-- Made from the migrations by `npm run schema:dump`; a test compares it. Read it, change the migrations.

CREATE TABLE "agent_versions" (
  "agent_id" text not null,
  "version" integer not null,
  "definition" text not null,
  "changed_by" text,
  "changed_at" bigint not null,
  "restored_from" integer,
  constraint "agent_versions_id" primary key ("agent_id", "version")
) without rowid;

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
  workspace_id text not null default 'default',
  "role" text,
  "backstory" text,
  "goal" text,
  "prompt_template" text,
  "version" integer default 1 not null,
  "updated_by" text,
  "restored_from" integer,
  constraint "agents_id" primary key ("id")
);

CREATE UNIQUE INDEX agents_workspace_id_name on agents (workspace_id, name) where deleted_at is null;

CREATE UNIQUE INDEX agents_workspace_id_slug on agents (workspace_id, slug) where deleted_at is null;

CREATE TABLE "api_keys" (
  "id" text not null,
  "workspace_id" text not null,
  "user_id" text not null,
  "name" text not null,
  "prefix" text not null,
  "hash" text not null,
  "role" text not null,
  "scopes" text,
  "agents" text,
  "expires_at" bigint,
  "last_used_at" bigint,
  "revoked_at" bigint,
  "created_at" bigint not null,
  constraint "api_keys_id" primary key ("id")
);

CREATE UNIQUE INDEX "api_keys_prefix" on "api_keys" ("prefix");

CREATE INDEX "api_keys_workspace_id" on "api_keys" ("workspace_id");

CREATE TABLE "approval_rules" (
  "id" text not null,
  "workspace_id" text not null,
  "agent_id" text,
  "tool" text not null,
  "pattern" text not null,
  "created_by" text not null,
  "created_at" bigint not null,
  constraint "approval_rules_id" primary key ("id")
);

CREATE INDEX "approval_rules_workspace_id_tool" on "approval_rules" ("workspace_id", "tool");

CREATE TABLE "approvals" (
  "id" text not null,
  "workspace_id" text not null,
  "run_id" text not null,
  "step" integer not null,
  "agent_id" text not null,
  "agent_name" text not null,
  "asked_by" text not null,
  "tool" text not null,
  "effect" text not null,
  "setup" text not null,
  "input" text not null,
  "input_hash" text not null,
  "reasons" text not null,
  "status" text not null,
  "scope" text,
  "pattern" text,
  "edited_input" text,
  "note" text,
  "decided_by" text,
  "decided_at" bigint,
  "expires_at" bigint not null,
  "created_at" bigint not null,
  "user_id" text,
  constraint "approvals_id" primary key ("id")
);

CREATE UNIQUE INDEX "approvals_run_id_step" on "approvals" ("run_id", "step");

CREATE INDEX "approvals_workspace_id" on "approvals" ("workspace_id", "id");

CREATE INDEX "approvals_workspace_id_status" on "approvals" ("workspace_id", "status", "id");

CREATE TABLE "attachment_files" (
  "hash" text not null,
  "content" blob not null,
  constraint "attachment_files_hash" primary key ("hash")
);

CREATE TABLE "attachments" (
  "id" text not null,
  "conversation_id" text not null,
  "message_id" text,
  "name" text not null,
  "media_type" text not null,
  "bytes" bigint not null,
  "hash" text not null,
  "created_by" text not null,
  "created_at" bigint not null,
  constraint "attachments_id" primary key ("id")
);

CREATE INDEX "attachments_conversation_id" on "attachments" ("conversation_id");

CREATE INDEX "attachments_hash" on "attachments" ("hash");

CREATE INDEX attachments_message_id on attachments (message_id) where message_id is not null;

CREATE INDEX attachments_unsent on attachments (created_at) where message_id is null;

CREATE TABLE "audit_head" (
  "id" integer not null,
  "seq" bigint not null,
  "hash" text not null,
  "first_seq" bigint not null,
  "first_hash" text not null,
  "key_id" text not null,
  "mac" text not null,
  constraint "audit_head_id" primary key ("id")
);

CREATE TRIGGER audit_head_delete before delete on audit_head begin select raise(abort, 'audit_head: is never deleted'); end;

CREATE TABLE "audit_log" (
  "seq" bigint not null,
  "at" bigint not null,
  "workspace_id" text not null,
  "actor_kind" text not null,
  "actor_id" text not null,
  "action" text not null,
  "target_type" text,
  "target_id" text,
  "detail" text,
  "ip" text,
  "request_id" text,
  "previous_hash" text not null,
  "hash" text not null,
  constraint "audit_log_seq" primary key ("seq")
);

CREATE TRIGGER audit_log_delete before delete on audit_log
    when old.seq >= coalesce((select first_seq from audit_head where id = 1), 0)
    begin select raise(abort, 'audit_log: entries are deleted by retention only'); end;

CREATE TRIGGER audit_log_update before update on audit_log begin select raise(abort, 'audit_log: entries are never changed'); end;

CREATE INDEX "audit_log_actor_id" on "audit_log" ("actor_id", "seq");

CREATE INDEX "audit_log_at" on "audit_log" ("at");

CREATE INDEX "audit_log_target_id" on "audit_log" ("target_id", "seq");

CREATE INDEX "audit_log_workspace_id" on "audit_log" ("workspace_id", "seq");

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
  workspace_id text not null default 'default',
  constraint "budgets_id" primary key ("id")
);

CREATE TABLE "connections" (
  "workspace_id" text not null,
  "name" TEXT not null,
  "url" TEXT not null,
  "created_by" TEXT not null,
  "created_at" bigint not null,
  constraint "connections_workspace_id_name" primary key ("workspace_id", "name")
);

CREATE TABLE "conversation_events" (
  "pos" integer primary key autoincrement,
  "conversation_id" text not null,
  "seq" integer not null,
  "type" text not null,
  "at" bigint not null,
  "data" text not null
);

CREATE UNIQUE INDEX "conversation_events_conversation_id_seq" on "conversation_events" ("conversation_id", "seq");

CREATE TABLE "conversations" (
  "id" text not null,
  "workspace_id" text not null,
  "kind" text not null,
  "project_id" text,
  "title" text,
  "topic" text,
  "policy" text not null,
  "pair" text,
  "import_key" text,
  "created_by" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "last_seq" integer not null,
  "last_event" integer not null,
  "last_message_at" bigint,
  "active_at" bigint not null,
  "retention_days" integer,
  "deleted_at" bigint,
  constraint "conversations_id" primary key ("id")
);

CREATE INDEX conversations_channels on conversations (workspace_id, project_id) where kind = 'channel' and deleted_at is null;

CREATE INDEX conversations_retention_days on conversations (id) where retention_days is not null and deleted_at is null;

CREATE INDEX "conversations_workspace_id_active_at" on "conversations" ("workspace_id", "active_at", "id");

CREATE UNIQUE INDEX conversations_workspace_id_created_by_import_key on conversations (workspace_id, created_by, import_key)
    where import_key is not null and deleted_at is null;

CREATE UNIQUE INDEX conversations_workspace_id_pair on conversations (workspace_id, pair) where pair is not null and deleted_at is null;

CREATE TABLE "grants" (
  "workspace_id" text not null,
  "user_id" text not null,
  "resource_type" text not null,
  "resource_id" text not null,
  "level" text not null,
  "created_by" text not null,
  "created_at" bigint not null,
  constraint "grants_workspace_id_user_id_resource_type_resource_id" primary key ("workspace_id", "user_id", "resource_type", "resource_id")
) without rowid;

CREATE TABLE "hook_values" (
  "workspace_id" text not null,
  "plugin_id" TEXT not null,
  "key" TEXT not null,
  "value" TEXT not null,
  "updated_at" bigint not null,
  constraint "hook_values_workspace_id_plugin_id_key" primary key ("workspace_id", "plugin_id", "key")
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

CREATE TABLE "key_check" (
  "id" text not null,
  "sealed" text not null,
  "created_at" bigint not null,
  constraint "key_check_id" primary key ("id")
);

CREATE TABLE "lifecycle_counts" (
  "workspace_id" text not null,
  "plugin_id" text not null,
  "point" text not null,
  "calls" bigint not null,
  "changed" bigint not null,
  "refused" bigint not null,
  "failed" bigint not null,
  "last_error" text,
  "last_failed_at" bigint,
  constraint "lifecycle_counts_id" primary key ("workspace_id", "plugin_id", "point")
) without rowid;

CREATE TABLE "lifecycle_switches" (
  "workspace_id" text not null,
  "plugin_id" text not null,
  "points" text not null,
  "agents" text,
  "options" text not null,
  "switched_by" text not null,
  "switched_at" bigint not null,
  constraint "lifecycle_switches_id" primary key ("workspace_id", "plugin_id")
) without rowid;

CREATE TABLE "llm_messages" (
  "id" text not null,
  "message_id" text not null,
  "role" text not null,
  "content" text not null,
  "created_at" bigint not null,
  constraint "llm_messages_id" primary key ("id")
);

CREATE INDEX "llm_messages_message_id" on "llm_messages" ("message_id", "id");

CREATE TABLE "login_tokens" (
  "hash" text not null,
  "purpose" text not null,
  "user_id" text,
  "expires_at" bigint not null,
  "used_at" bigint,
  constraint "login_tokens_hash" primary key ("hash")
);

CREATE TABLE "machine_stats" (
  "at" bigint not null,
  "process" text not null,
  "cpu" double precision not null,
  "machine_cpu" double precision not null,
  "event_loop_ms" double precision not null,
  "query_ms" double precision not null,
  "pool" double precision not null,
  "memory" bigint not null,
  "machine_memory" bigint not null,
  "disk_free" bigint not null,
  "queue_depth" bigint not null,
  constraint "machine_stats_id" primary key ("at", "process")
) without rowid;

CREATE TABLE "memberships" (
  "workspace_id" text not null,
  "user_id" text not null,
  "role" text not null,
  "created_at" bigint not null,
  constraint "memberships_workspace_id_user_id" primary key ("workspace_id", "user_id")
) without rowid;

CREATE INDEX "memberships_user_id" on "memberships" ("user_id");

CREATE TABLE "mentions" (
  "message_id" text not null,
  "kind" text not null,
  "participant_id" text not null,
  constraint "mentions_message_id_kind_participant_id" primary key ("message_id", "kind", "participant_id")
) without rowid;

CREATE INDEX "mentions_participant_id" on "mentions" ("kind", "participant_id", "message_id");

CREATE TABLE "message_jobs" (
  "message_id" text not null,
  "agent_id" text not null,
  "conversation_id" text not null,
  "job_id" text not null,
  "run_id" text,
  "status" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "key_id" text,
  constraint "message_jobs_message_id_agent_id_job_id" primary key ("message_id", "agent_id", "job_id")
) without rowid;

CREATE INDEX "message_jobs_agent_id" on "message_jobs" ("agent_id", "status");

CREATE INDEX "message_jobs_conversation_id" on "message_jobs" ("conversation_id", "status");

CREATE INDEX "message_jobs_job_id" on "message_jobs" ("job_id");

CREATE INDEX message_jobs_open on message_jobs (status, conversation_id) where status in ('waiting', 'responding');

CREATE INDEX message_jobs_run_id on message_jobs (run_id) where run_id is not null;

CREATE VIRTUAL TABLE message_search using fts5(words, scope, content='', contentless_delete=1, tokenize='ascii');

CREATE TABLE 'message_search_config'(
  k PRIMARY KEY,
  v
) WITHOUT ROWID;

CREATE TABLE 'message_search_data'(
  id INTEGER PRIMARY KEY,
  block BLOB
);

CREATE TABLE 'message_search_docsize'(
  id INTEGER PRIMARY KEY,
  sz BLOB,
  origin INTEGER
);

CREATE TABLE 'message_search_idx'(
  segid,
  term,
  pgno,
  PRIMARY KEY(segid, term)
) WITHOUT ROWID;

CREATE TABLE "messages" (
  "num" integer primary key,
  "id" text not null,
  "conversation_id" text not null,
  "seq" integer not null,
  "author_kind" text not null,
  "author_id" text not null,
  "content" text not null,
  "status" text not null,
  "thread_id" text,
  "parent_id" text,
  "active" integer not null,
  "run_id" text,
  "hop" integer not null,
  "metadata" text,
  "client_key" text,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "edited_at" bigint,
  "deleted_at" bigint
);

CREATE UNIQUE INDEX messages_conversation_id_author_kind_author_id_client_key
    on messages (conversation_id, author_kind, author_id, client_key) where client_key is not null;

CREATE UNIQUE INDEX "messages_conversation_id_seq" on "messages" ("conversation_id", "seq");

CREATE INDEX messages_hidden on messages (conversation_id, seq) where deleted_at is not null or active = 0;

CREATE UNIQUE INDEX "messages_id" on "messages" ("id");

CREATE INDEX messages_parent_id on messages (parent_id) where parent_id is not null;

CREATE INDEX messages_thread_id on messages (thread_id, seq) where thread_id is not null;

CREATE TABLE migrations (
  name text primary key,
  compatible integer not null,
  applied_at bigint not null
);

CREATE TABLE "model_aliases" (
  "workspace_id" text not null,
  "alias" TEXT not null,
  "provider_type" TEXT,
  "model" TEXT not null,
  "updated_at" bigint not null,
  constraint "model_aliases_workspace_id_alias" primary key ("workspace_id", "alias")
);

CREATE TABLE "model_cards" (
  "workspace_id" text not null,
  "provider_id" TEXT not null,
  "model" TEXT not null,
  "card" TEXT not null,
  "measured_at" bigint not null,
  constraint "model_cards_workspace_id_provider_id_model" primary key ("workspace_id", "provider_id", "model")
);

CREATE TABLE "participants" (
  "conversation_id" text not null,
  "kind" text not null,
  "participant_id" text not null,
  "role" text not null,
  "joined_at" bigint not null,
  "left_at" bigint,
  "last_read_seq" integer not null,
  "muted" integer not null,
  constraint "participants_conversation_id_kind_participant_id" primary key ("conversation_id", "kind", "participant_id")
) without rowid;

CREATE INDEX participants_participant_id on participants (kind, participant_id, conversation_id) where left_at is null;

CREATE TABLE "pins" (
  "message_id" text not null,
  "conversation_id" text not null,
  "pinned_by" text not null,
  "created_at" bigint not null,
  constraint "pins_message_id" primary key ("message_id")
) without rowid;

CREATE INDEX "pins_conversation_id" on "pins" ("conversation_id", "created_at");

CREATE TABLE "plugins" (
  "workspace_id" text not null,
  "id" TEXT not null,
  "manifest" TEXT not null,
  "registered_by" TEXT not null,
  "created_at" bigint not null,
  "pending" TEXT,
  constraint "plugins_workspace_id_id" primary key ("workspace_id", "id")
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

CREATE TABLE "projects" (
  "id" text not null,
  "workspace_id" text not null,
  "name" text not null,
  "description" text,
  "created_by" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "deleted_at" bigint,
  constraint "projects_id" primary key ("id")
);

CREATE INDEX "projects_workspace_id" on "projects" ("workspace_id", "id");

CREATE TABLE "providers" (
  "workspace_id" text not null,
  "id" TEXT not null,
  "type" TEXT not null,
  "base_url" TEXT,
  "api_key" TEXT,
  "default_model" TEXT,
  "created_by" TEXT not null,
  "created_at" bigint not null,
  "options" TEXT,
  constraint "providers_workspace_id_id" primary key ("workspace_id", "id")
);

CREATE TABLE "reactions" (
  "message_id" text not null,
  "emoji" text not null,
  "kind" text not null,
  "participant_id" text not null,
  "created_at" bigint not null,
  constraint "reactions_message_id_emoji_kind_participant_id" primary key ("message_id", "emoji", "kind", "participant_id")
) without rowid;

CREATE INDEX reactions_emoji on reactions (emoji, created_at);

CREATE TABLE "run_events" (
  "run_id" text not null,
  "seq" integer not null,
  "type" text not null,
  "at" bigint not null,
  "data" text not null,
  constraint "run_events_run_id_seq" primary key ("run_id", "seq")
) without rowid;

CREATE TABLE "run_labels" (
  "root_run_id" text not null,
  "label" text not null,
  "run_id" text not null,
  "step" integer not null,
  "tool" text not null,
  constraint "run_labels_root_run_id_label" primary key ("root_run_id", "label")
) without rowid;

CREATE TABLE "run_stats" (
  "workspace_id" text not null,
  "agent_id" text not null,
  "span" bigint not null,
  "at" bigint not null,
  "status" text not null,
  "talk" integer not null,
  "bin" integer not null,
  "shard" integer not null,
  "runs" bigint not null,
  "duration_ms" bigint not null,
  constraint "run_stats_id" primary key ("workspace_id", "agent_id", "span", "at", "status", "talk", "bin", "shard")
) without rowid;

CREATE INDEX "run_stats_at" on "run_stats" ("span", "at");

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
  workspace_id text not null default 'default',
  "user_id" text,
  "key_id" text,
  "origin" text,
  "history" text,
  "agent_version" integer,
  "retry_of" text,
  "forked_from" text,
  constraint "runs_id" primary key ("id")
);

CREATE INDEX "runs_agent_id" on "runs" ("agent_id", "id");

CREATE INDEX runs_parent on runs (parent_run_id) where parent_run_id is not null;

CREATE INDEX runs_waiting on runs (workspace_id) where waiting is not null;

CREATE INDEX runs_workspace_id on runs (workspace_id, id);

CREATE INDEX runs_workspace_id_status on runs (workspace_id, status, id);

CREATE UNIQUE INDEX runs_workspace_id_triggered_by_agent_id_request_key
    on runs (workspace_id, triggered_by, agent_id, request_key) where request_key is not null;

CREATE INDEX runs_workspace_id_user_id on runs (workspace_id, user_id, id);

CREATE TABLE "sessions" (
  "hash" text not null,
  "user_id" text not null,
  "workspace_id" text not null,
  "created_at" bigint not null,
  "last_seen_at" bigint not null,
  "expires_at" bigint not null,
  "ip" text,
  "user_agent" text,
  constraint "sessions_hash" primary key ("hash")
) without rowid;

CREATE INDEX "sessions_user_id" on "sessions" ("user_id");

CREATE TABLE "settings" (
  "name" text not null,
  "value" text not null,
  "set_by" text not null,
  "set_at" bigint not null,
  constraint "settings_name" primary key ("name")
) without rowid;

CREATE TABLE "signing_keys" (
  "id" text not null,
  "algorithm" text not null,
  "public_key" text not null,
  "private_key" text not null,
  "created_at" bigint not null,
  "retired_at" bigint,
  constraint "signing_keys_id" primary key ("id")
);

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
  workspace_id text not null default 'default',
  "estimated" integer default 0 not null,
  constraint "usage_calls_run_id_call_attempt" primary key ("run_id", "call", "attempt")
) without rowid;

CREATE TABLE "usage_days" (
  "workspace_id" text not null,
  "day" TEXT not null,
  "agent_id" TEXT not null,
  "user_id" TEXT not null,
  "key_id" TEXT not null,
  "provider" TEXT not null,
  "model" TEXT not null,
  "shard" INTEGER not null,
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
  "estimated" bigint default 0 not null,
  constraint "usage_days_key" primary key ("workspace_id", "day", "agent_id", "user_id", "key_id", "provider", "model", "shard")
) without rowid;

CREATE TABLE "users" (
  "id" text not null,
  "email" text,
  "name" text not null,
  "password" text,
  "external_issuer" text,
  "external_subject" text,
  "disabled_at" bigint,
  "credentials_at" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "users_id" primary key ("id")
);

CREATE UNIQUE INDEX "users_email" on "users" ("email");

CREATE UNIQUE INDEX "users_external_issuer_external_subject" on "users" ("external_issuer", "external_subject");

CREATE TABLE "workers" (
  "id" text not null,
  "kind" text not null,
  "host" text not null,
  "pid" integer not null,
  "started_at" bigint not null,
  "heartbeat_at" bigint not null,
  constraint "workers_id" primary key ("id")
);

CREATE TABLE "workspaces" (
  "id" text not null,
  "name" text not null,
  "slug" text not null,
  "created_at" bigint not null,
  constraint "workspaces_id" primary key ("id")
);

CREATE UNIQUE INDEX "workspaces_slug" on "workspaces" ("slug");
