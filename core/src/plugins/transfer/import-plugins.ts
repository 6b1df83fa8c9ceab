import { setImmediate } from 'node:timers/promises'
import { CadreError } from '@cadre/contract/errors'
import type { HooksImported, ImportHooks } from '@cadre/contract/plugin-transfer'
import type { Actor } from '../../access/actor.ts'
import { audit } from '../../audit/audit.ts'
import { putBlob } from '../../storage/blobs.ts'
import { isUniqueViolation } from '../../storage/unique-violation.ts'
import type { AddApp } from '../add-plugin.ts'
import { insertPlugin, updatePlugin } from '../plugins.store.ts'
import { type Plan, type PlanContext, planImport } from './plan-import.ts'

/**
 * Registers the ForgeHooks of a file. All are looked at before any is written, and what is written is one transaction; one that is refused
 * keeps none of the others back, and the answer says why.
 */
export async function importPlugins(app: AddApp, actor: Actor, input: ImportHooks): Promise<HooksImported> {
  const known = new Map((await app.hooks.all(actor.workspace_id)).map((plugin) => [plugin.manifest.id, plugin]))
  const taken = new Set([...known.keys(), ...input.forgehooks.flatMap(idIn)])
  const context: PlanContext = { input, known, seen: new Set(), taken, endpoints: 0 }
  const plans: Plan[] = []
  for (const [i, raw] of input.forgehooks.entries()) {
    plans.push(await planImport(app, actor, context, raw, i))
    // Others are served in between.
    await setImmediate()
  }
  const { dry_run } = input
  if (!dry_run) await write(app, actor, plans)
  return { dry_run, items: plans.map(({ item }) => item) }
}

async function write(app: AddApp, actor: Actor, plans: Plan[]) {
  const planned = plans.flatMap((plan) => (plan.write === null ? [] : [{ ...plan.write, hash: plan.item.hash }]))
  if (planned.length === 0) return
  const created_at = app.now()
  const { workspace_id } = actor
  try {
    await app.db.write(async (trx) => {
      for (const { id, stored, source, replaces } of planned) {
        if (source !== null) await putBlob(trx, source)
        if (!replaces) await insertPlugin(trx, workspace_id, id, stored, actor.id, created_at)
        else if (!(await updatePlugin(trx, workspace_id, id, stored))) throw meanwhile()
      }
      for (const { id, hash, replaces } of planned)
        await audit(trx, app, actor, { action: 'plugins.import', target_type: 'plugin', target_id: id, detail: { hash, replaces } })
    })
  } catch (error) {
    throw isUniqueViolation(error) ? meanwhile() : error
  }
}

function meanwhile() {
  return new CadreError('PLUGIN_ID_TAKEN', 'somebody changed the ForgeHooks of this workspace at the same time; nothing was imported, so try again')
}

function idIn({ manifest }: Record<string, unknown>): string[] {
  const { id } = (manifest ?? {}) as { id?: unknown }
  return typeof id === 'string' ? [id] : []
}
