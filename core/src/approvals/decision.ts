import type { CallPattern, DecideApproval } from '@cadre/contract/approvals'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { JsonSchema } from '@cadre/contract/manifest'
import type { Actor } from '../access/actor.ts'
import { isAtLeast } from '../access/identity.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { compileSchema } from '../tools/tool-schema.ts'
import { patternOf } from './call-pattern.ts'
import { decidedBefore } from './questions.ts'
import type { ApprovalRow, Decided, RuleRow } from './rows.ts'

type Input = Record<string, unknown>

/**
 * Builders, whoever may edit the agent, and whoever started the run. What holds for other runs as well is for those to say who may change
 * the agents that they are of.
 */
export function refuseStrangers(actor: Actor, editsAgent: boolean, { asked_by, user_id }: ApprovalRow, { scope, agents }: DecideApproval) {
  if (actor.kind === 'system' || isAtLeast(actor.role, 'builder')) return
  const isStarter = isAtLeast(actor.role, 'member') && (asked_by === actor.id || (user_id !== null && user_id === actor.user_id))
  if (!editsAgent && !isStarter)
    throw new CadreError(
      'FORBIDDEN',
      "Only whoever started the run, and those who may change its agent (the role builder or a stronger one, or the grant 'edit' on it), may decide about its calls.",
    )
  if (scope === 'always' && agents === 'all')
    throw new CadreError('FORBIDDEN', `agents: 'all' holds for the agents of others, too; it needs the role builder.`)
  if (scope === 'always' && !editsAgent)
    throw new CadreError(
      'FORBIDDEN',
      `scope: 'always' holds for the runs of others, too; it needs the role builder, or the grant 'edit' on this agent.`,
    )
}

export function refuseMisfits({ decision, scope, fixed_fields, agents, input }: DecideApproval) {
  if (decision === 'reject' && scope !== 'once') throw invalid('scope', `goes only with decision 'approve'`)
  if (decision === 'reject' && input !== undefined) throw invalid('input', `goes only with decision 'approve'`)
  if (fixed_fields !== undefined && scope === 'once') throw invalid('fixed_fields', `goes only with scope 'run' or 'always'`)
  if (agents === 'all' && scope !== 'always') throw invalid('agents', `goes only with scope 'always'`)
}

export function refuseLate({ id, status, expires_at }: ApprovalRow, now: number) {
  if (status === 'expired' || (status === 'pending' && now >= expires_at))
    throw new CadreError('APPROVAL_EXPIRED', `approval '${id}' expired at ${new Date(expires_at).toISOString()}`)
  if (status !== 'pending') throw decidedBefore(id)
}

/** @param schema of the tool as it was frozen when the run began; other arguments have to fit it. */
export function decisionOf(row: ApprovalRow, given: DecideApproval, schema: JsonSchema, by: { decided_by: string; decided_at: number }): Decided {
  const note = given.note ?? null
  if (given.decision === 'reject') return { ...by, note, status: 'rejected', scope: null, pattern: null, edited_input: null }
  const edited = given.input !== undefined && toJson(given.input) !== row.input ? given.input : undefined
  if (edited) checkInput(schema, edited)
  const pattern = patternFor(edited ?? (fromJson(row.input) as Input), given)
  return {
    ...by,
    note,
    status: 'approved',
    scope: given.scope,
    pattern: pattern === null ? null : toJson(pattern),
    edited_input: edited === undefined ? null : toJson(edited),
  }
}

/** The rule that a decision makes; null where it makes none. */
export function ruleOf(
  id: string,
  row: ApprovalRow,
  { scope, pattern, decided_by, decided_at }: Decided,
  { agents }: DecideApproval,
): RuleRow | null {
  if (scope !== 'always' || pattern === null) return null
  const agent_id = agents === 'all' ? null : row.agent_id
  return { id, workspace_id: row.workspace_id, agent_id, tool: row.tool, pattern, created_by: decided_by ?? '', created_at: decided_at ?? 0 }
}

function checkInput(schema: JsonSchema, input: Input) {
  const problems = compileSchema(schema)(input).map(({ path, message }) => ({ path: path === '' ? 'input' : `input.${path}`, message }))
  if (problems.length > 0) throw new CadreError('INVALID', problems.map((each) => `${each.path}: ${each.message}`).join('; '), problems)
}

function patternFor(input: Input, { scope, fixed_fields }: DecideApproval): CallPattern | null {
  const stray = fixed_fields?.findIndex((field) => !Object.hasOwn(input, field)) ?? -1
  if (stray >= 0) throw invalid(`fixed_fields[${stray}]`, `the call has no argument '${fixed_fields?.[stray]}'`)
  if (scope === 'once' || (scope === 'run' && fixed_fields === undefined)) return null
  return patternOf(input, fixed_fields ?? Object.keys(input))
}
