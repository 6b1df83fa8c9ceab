import { CadreError, invalid } from '@cadre/contract/errors'
import { type ExportHooks, type HookInFile, type HooksFile, workspaceFormat } from '@cadre/contract/plugin-transfer'
import type { Actor } from '../../access/actor.ts'
import { audit } from '../../audit/audit.ts'
import { getBlob } from '../../storage/blobs.ts'
import type { Db } from '../../storage/database.ts'
import type { AddApp } from '../add-plugin.ts'
import type { KnownPlugin } from '../known-plugin.ts'
import { needPlugin } from '../list-plugins.ts'
import { withoutSecrets } from '../set-apart.ts'

/** Characters of all sources in one file. */
const mostSource = 20_000_000

/** The ForgeHooks that this workspace registered, to be imported elsewhere: whole, but for the values of headers and variables. */
export async function exportPlugins(app: AddApp, actor: Actor, { ids }: ExportHooks): Promise<HooksFile> {
  const known = ids === undefined ? await app.hooks.all(actor.workspace_id) : await Promise.all(ids.map((id) => needPlugin(app, actor, id)))
  const bundled = ids?.findIndex((_, i) => known[i]?.folder !== null) ?? -1
  if (bundled >= 0) throw invalid(`ids[${bundled}]`, `'${ids?.[bundled]}' is a folder of this server, and no part of a workspace`)
  const forgehooks: HookInFile[] = []
  let length = 0
  for (const plugin of known.filter(({ folder }) => folder === null)) {
    const hook = await hookInFile(app.db, plugin)
    length += hook.manifest.runtime.type === 'code' ? (hook.manifest.runtime.source?.length ?? 0) : 0
    if (length > mostSource)
      throw new CadreError('PAYLOAD_TOO_LARGE', `their sources have more than ${mostSource} characters in all: export some at a time, by their ids`)
    forgehooks.push(hook)
  }
  await app.db.write((trx) =>
    audit(trx, app, actor, { action: 'plugins.export', target_type: 'plugin', detail: { ids: forgehooks.map(({ manifest }) => manifest.id) } }),
  )
  return { format: workspaceFormat, forgehooks }
}

/** A registered ForgeHook as a file has it. */
export async function hookInFile(db: Db, { manifest, source }: KnownPlugin): Promise<HookInFile> {
  const { manifest: bare, names } = withoutSecrets(manifest)
  if (bare.runtime.type !== 'code' || source === null) return { manifest: bare, secrets: names }
  return { manifest: { ...bare, runtime: { ...bare.runtime, source: await getBlob(db.read, source) } }, secrets: names }
}
