import type { ApprovalPolicy, ApprovalReason, CallPattern } from '@cadre/contract/approvals'
import type { DataLabel, Effect } from '@cadre/contract/manifest'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { selectStanding } from './approvals.store.ts'
import { matchesPattern } from './call-pattern.ts'

/** Which step was the first to read data of a kind. */
export type Labels = ReadonlyMap<DataLabel, { run_id: string; step: number; tool: string }>
/** A tool as it was frozen when its run began. */
export type AskedTool = { name: string; effect: Effect; approval?: 'always'; leaves_machine?: true }

/** The reasons to ask that follow from the tool and the agent's settings alone. */
export function settledReasons({ name, effect, approval }: AskedTool, { require }: ApprovalPolicy): ApprovalReason[] {
  if (effect === 'read') return []
  const asked = require.find((each) => each === name || (each.endsWith('__*') && name.startsWith(each.slice(0, -1))))
  return [
    ...(approval === 'always'
      ? [{ code: 'manifest' as const, params: { tool: name }, message: `the ForgeHook of '${name}' asks for it before each call` }]
      : []),
    ...(asked === undefined
      ? []
      : [{ code: 'agent' as const, params: { rule: asked }, message: `the agent's settings ask for it (approvals.require: ${asked})` }]),
  ]
}

/** Whether what a run has read can make a difference for this tool. */
export function dependsOnData({ leaves_machine }: AskedTool, { data_flow }: ApprovalPolicy): boolean {
  return leaves_machine === true && data_flow === 'ask'
}

/** Who has read private data and what strangers wrote may be doing the strangers' bidding. */
export function dataReasons(labels: Labels): ApprovalReason[] {
  const secret = labels.get('private')
  const foreign = labels.get('untrusted')
  if (!secret || !foreign) return []
  const place = ({ tool, run_id, step }: typeof secret) => `'${tool}' (step ${step} of ${run_id})`
  const message = `this call can reach others, after ${place(secret)} read private data and ${place(foreign)} read what strangers may have written`
  const params = {
    private_tool: secret.tool,
    private_step: secret.step,
    private_run: secret.run_id,
    untrusted_tool: foreign.tool,
    untrusted_step: foreign.step,
    untrusted_run: foreign.run_id,
  }
  return [{ code: 'data_flow', params, message }]
}

/** Whether somebody approved calls like this one before: by a rule, or for the rest of the run. */
export async function isApprovedBefore(
  db: Db['read'],
  call: { workspace_id: string; agent_id: string; run_id: string; tool: string },
  input: Record<string, unknown>,
): Promise<boolean> {
  const standing = await selectStanding(db, call)
  return standing.some((pattern) => pattern === null || matchesPattern(fromJson(pattern) as CallPattern, input))
}
