import { constants, type DatabaseSync } from 'node:sqlite'

const { SQLITE_OK, SQLITE_DENY, SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE, SQLITE_PRAGMA } = constants

/** Reaching files, code or logs; several are in no build of ours and are named in case one appears. */
const functions = /^(load_extension|fts3_tokenizer|readfile|writefile|edit|fsdir|lsdir|lsmode|sqlite_log|eval|zipfile|sqlar_.*|sqlite_dbpage.*)$/i
const describing =
  /^(table_info|table_xinfo|table_list|index_list|index_info|index_xinfo|foreign_key_list|foreign_key_check|integrity_check|quick_check)$/i
/** Without a value: with one they would set it. database_list is not among them: it tells where the file lies. */
const telling =
  /^(data_version|page_size|page_count|freelist_count|encoding|user_version|application_id|schema_version|journal_mode|collation_list|function_list|module_list|compile_options)$/i

/** From here on the database can be read and nothing else. SQLite asks while it compiles, for what views and virtual tables do as well. */
export function allowReadingOnly(db: DatabaseSync, denied: (what: string) => void): void {
  db.setAuthorizer((action, first, second) => {
    switch (action) {
      case SQLITE_SELECT:
      case SQLITE_READ:
      case SQLITE_RECURSIVE:
        return SQLITE_OK
      case SQLITE_FUNCTION:
        if (!functions.test(second ?? '')) return SQLITE_OK
        denied(`the function ${second}`)
        return SQLITE_DENY
      case SQLITE_PRAGMA:
        if (describing.test(first ?? '') || (second === null && telling.test(first ?? ''))) return SQLITE_OK
        denied(`PRAGMA ${first}`)
        return SQLITE_DENY
      default:
        denied(actions[action] ?? 'what is more than reading')
        return SQLITE_DENY
    }
  })
}

const actions: Record<number, string> = Object.fromEntries(
  ['INSERT', 'UPDATE', 'DELETE', 'ATTACH', 'DETACH', 'TRANSACTION', 'SAVEPOINT', 'REINDEX', 'ANALYZE', 'ALTER_TABLE', 'CREATE_VTABLE'].map((name) => [
    (constants as unknown as Record<string, number>)[`SQLITE_${name}`],
    name.replace('CREATE_VTABLE', 'CREATE VIRTUAL TABLE').replace('_', ' '),
  ]),
)
