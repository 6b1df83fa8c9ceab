import { CadreError } from '@cadre/contract/errors'
import { unseal } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { ToolError } from '../tools/tool-error.ts'
import { selectConnection, selectConnections } from './connections.store.ts'
import { boundTo } from './show-connection.ts'

/** Opens the URL of a stored connection of the workspace for the SQL guard, and for nobody else. Throws ToolError. */
export async function connectionUrl(app: { db: Db; config: Pick<Config, 'key' | 'key_file'> }, workspace: string, name: string): Promise<string> {
  const row = await selectConnection(app.db.read, workspace, name)
  if (!row) {
    const names = (await selectConnections(app.db.read, workspace)).map((each) => each.name)
    const known =
      names.length === 0 ? 'none is stored: add one with POST /api/v1/connections' : `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
    throw new ToolError(`there is no connection '${name.slice(0, 100)}'; ${known}`)
  }
  try {
    return unseal(app.config, row.url, boundTo(name), workspace)
  } catch (error) {
    if (error instanceof CadreError)
      throw new ToolError(`the connection '${name}' cannot be opened: its secret was sealed with another key`, { detail: error.message })
    throw error
  }
}
