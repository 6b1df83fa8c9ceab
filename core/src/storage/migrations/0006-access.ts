import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server ignores these tables, and with them that a login is asked for: it must not go on beside a newer one.
export const compatible = false

/** Who there is, what they hold to show it, what they may, and what was done. Of everything that opens a door only a hash is kept. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  const { schema } = db

  await schema
    .createTable('users')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('email', text)
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('password', text)
    .addColumn('external_issuer', text)
    .addColumn('external_subject', text)
    .addColumn('disabled_at', 'bigint')
    .addColumn('credentials_at', 'bigint', (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('updated_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('users_id', ['id'])
    .execute()
  await schema.createIndex('users_email').unique().on('users').columns(['email']).execute()
  await schema.createIndex('users_external_issuer_external_subject').unique().on('users').columns(['external_issuer', 'external_subject']).execute()

  await schema
    .createTable('workspaces')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('slug', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('workspaces_id', ['id'])
    .execute()
  await schema.createIndex('workspaces_slug').unique().on('workspaces').columns(['slug']).execute()
  await sql`insert into workspaces (id, name, slug, created_at) values ('default', 'Default', 'default', ${Date.now()})`.execute(db)

  await schema
    .createTable('memberships')
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('user_id', text, (is) => is.notNull())
    .addColumn('role', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('memberships_workspace_id_user_id', ['workspace_id', 'user_id'])
    .modifyEnd(withoutRowid)
    .execute()
  await schema.createIndex('memberships_user_id').on('memberships').columns(['user_id']).execute()

  await schema
    .createTable('sessions')
    .addColumn('hash', text, (is) => is.notNull())
    .addColumn('user_id', text, (is) => is.notNull())
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('last_seen_at', 'bigint', (is) => is.notNull())
    .addColumn('expires_at', 'bigint', (is) => is.notNull())
    .addColumn('ip', text)
    .addColumn('user_agent', text)
    .addPrimaryKeyConstraint('sessions_hash', ['hash'])
    .modifyEnd(withoutRowid)
    .execute()
  await schema.createIndex('sessions_user_id').on('sessions').columns(['user_id']).execute()

  await schema
    .createTable('api_keys')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('user_id', text, (is) => is.notNull())
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('prefix', text, (is) => is.notNull())
    .addColumn('hash', text, (is) => is.notNull())
    .addColumn('role', text, (is) => is.notNull())
    .addColumn('scopes', text)
    .addColumn('agents', text)
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('api_keys_id', ['id'])
    .execute()
  await schema.createIndex('api_keys_prefix').unique().on('api_keys').columns(['prefix']).execute()
  await schema.createIndex('api_keys_workspace_id').on('api_keys').columns(['workspace_id']).execute()

  await schema
    .createTable('grants')
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('user_id', text, (is) => is.notNull())
    .addColumn('resource_type', text, (is) => is.notNull())
    .addColumn('resource_id', text, (is) => is.notNull())
    .addColumn('level', text, (is) => is.notNull())
    .addColumn('created_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('grants_workspace_id_user_id_resource_type_resource_id', ['workspace_id', 'user_id', 'resource_type', 'resource_id'])
    .modifyEnd(withoutRowid)
    .execute()

  await schema
    .createTable('login_tokens')
    .addColumn('hash', text, (is) => is.notNull())
    .addColumn('purpose', text, (is) => is.notNull())
    .addColumn('user_id', text)
    .addColumn('expires_at', 'bigint', (is) => is.notNull())
    .addColumn('used_at', 'bigint')
    .addPrimaryKeyConstraint('login_tokens_hash', ['hash'])
    .execute()

  await schema
    .createTable('signing_keys')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('algorithm', text, (is) => is.notNull())
    .addColumn('public_key', text, (is) => is.notNull())
    .addColumn('private_key', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('retired_at', 'bigint')
    .addPrimaryKeyConstraint('signing_keys_id', ['id'])
    .execute()

  // A row's number is one more than that of the row before it, and its hash covers that row's: see audit/.
  await schema
    .createTable('audit_log')
    .addColumn('seq', 'bigint', (is) => is.notNull())
    .addColumn('at', 'bigint', (is) => is.notNull())
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('actor_kind', text, (is) => is.notNull())
    .addColumn('actor_id', text, (is) => is.notNull())
    .addColumn('action', text, (is) => is.notNull())
    .addColumn('target_type', text)
    .addColumn('target_id', text)
    .addColumn('detail', text)
    .addColumn('ip', text)
    .addColumn('request_id', text)
    .addColumn('previous_hash', text, (is) => is.notNull())
    .addColumn('hash', text, (is) => is.notNull())
    .addPrimaryKeyConstraint('audit_log_seq', ['seq'])
    .execute()
  await schema.createIndex('audit_log_at').on('audit_log').columns(['at']).execute()
}
