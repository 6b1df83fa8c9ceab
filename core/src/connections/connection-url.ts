import type { Db } from '../storage/database.ts'
import { ToolError } from '../tools/tool-error.ts'

/** The URL of a stored connection, for the SQL guard. Throws ToolError naming the ones there are. */
export function connectionUrl(_app: { db: Db }, name: string): Promise<string> {
  return Promise.reject(new ToolError(`there is no database connection '${name}'`))
}
