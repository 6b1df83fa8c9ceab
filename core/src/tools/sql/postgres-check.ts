import type pg from 'pg'
import { SqlRefusal } from './sql-refusal.ts'
import type { SqlWord } from './sql-words.ts'

/** Volatile, and harmless in a transaction that only reads. */
const harmless = new Set([
  'random',
  'random_normal',
  'clock_timestamp',
  'timeofday',
  'gen_random_uuid',
  'uuidv4',
  'uuidv7',
  'uuid_generate_v4',
  'uuid_generate_v1',
  'pg_is_in_recovery',
  'pg_relation_size',
  'pg_table_size',
  'pg_total_relation_size',
  'pg_indexes_size',
  'pg_database_size',
])
/** Not volatile, and running SQL that is handed in as text, or telling of the server's machine. */
const refused =
  /^(pg_read_.*|pg_ls_.*|pg_stat_file|lo_.*|dblink.*|.*_to_xml(schema|_and_xmlschema)?|ts_stat|ts_rewrite|set_config|pg_current_logfile|pg_hba_file_rules|pg_file_settings|pg_ident_file_mappings|pg_sleep.*|pg_terminate_backend|pg_cancel_backend|nextval|setval|currval|lastval|pg_config|pg_show_all_settings)$/

const secrets = /^(pg_authid|pg_shadow|pg_user_mapping|pg_user_mappings|_pg_user_mappings|user_mapping_options|pg_subscription|pg_largeobject)$/

/**
 * A read-only transaction keeps tables as they are, and does not keep functions from files, other sessions or other servers. A function
 * that may do such a thing is declared volatile; those are refused, by the database's own catalogue, wherever the name stands.
 */
export async function checkPostgres(client: pg.Client, words: SqlWord[]): Promise<void> {
  for (const [place, word] of words.entries()) {
    const [next, third] = [words[place + 1], words[place + 2]]
    if (
      word.value === 'u' &&
      next?.text === '&' &&
      next.at === word.at + 1 &&
      third?.at === next.at + 1 &&
      (third.kind === 'name' || third.kind === 'text')
    )
      throw new SqlRefusal(`sql: U&"..." and U&'...' cannot be used`)
    // Postgres joins them by rules of its own.
    if (word.kind === 'text' && next?.kind === 'text') throw new SqlRefusal('sql: two texts in a row cannot be used; write them as one')
    if (word.text === ';' && words.slice(place).some(({ text }) => text !== ';'))
      throw new SqlRefusal('sql: one statement at a time; there is more behind the first')
  }
  const names = new Set(words.filter(({ kind }) => kind === 'word' || kind === 'name').map(({ value }) => value))
  const called = new Set(
    words.filter(({ kind }, place) => (kind === 'word' || kind === 'name') && words[place + 1]?.text === '(').map(({ value }) => value),
  )
  for (const name of names) if (secrets.test(name)) throw new SqlRefusal(`sql: '${name}' cannot be read: it holds passwords`)
  for (const name of names)
    if (refused.test(name) && (called.has(name) || /^pg_(config|file_settings|hba|ident)/.test(name)))
      throw new SqlRefusal(`sql: the function ${name}() cannot be used`)
  const asked = [...called].filter((name) => !harmless.has(name))
  const { rows } = await client.query<{ proname: string }>(
    `select distinct proname::text from pg_catalog.pg_proc where provolatile = 'v' and proname = any($1::name[])`,
    [asked],
  )
  const [volatile] = rows
  if (volatile) throw new SqlRefusal(`sql: the function ${volatile.proname}() cannot be used: it is volatile, so it may do more than read`)
}
