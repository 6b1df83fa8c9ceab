import type { SqlAnswer, SqlQuery } from '@cadre/contract/forgehook'
import type { FileRoots } from '../files/file-roots.ts'
import type { ToolCall } from '../resolved-tool.ts'
import type { SqlGuard } from './sql-guard.ts'

/** The URL of a stored database connection. Throws ToolError naming the ones there are. */
export type ConnectionUrls = (name: string) => Promise<string>

/** One query of a handler's: checks its grants, locates its files and hands it to the guard. Throws ToolError. */
export function runSql(
  _parts: { files: FileRoots; sql: SqlGuard; connections: ConnectionUrls },
  _call: ToolCall,
  _query: SqlQuery,
): Promise<SqlAnswer> {
  throw new Error('not there yet')
}
