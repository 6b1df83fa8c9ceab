import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Instant } from './page.ts'

export const mostUsd = 1_000_000_000
/** US dollars at the doors; the database keeps whole millionths, so no finer amount can be said. */
const Usd = z.number().min(0).max(mostUsd)
/** Tokens, or US dollars. */
const Limit = z.number().min(0).max(1_000_000_000_000)
const Tokens = z.int()
const name = z.string().min(1).max(200)

// --- usage

const dimensions = ['purpose', 'agent', 'user', 'key', 'provider', 'model', 'day', 'month'] as const
export type UsageDimension = (typeof dimensions)[number]
/** Why a model was asked: by a run, to test its provider, for vectors. */
export const Purpose = z.enum(['run', 'test', 'embedding'])
export type Purpose = z.infer<typeof Purpose>
const isDimension = (word: string): word is UsageDimension => (dimensions as readonly string[]).includes(word)

const UtcDay = z.iso.date('must be a day such as 2026-03-05; days are those of UTC')

export const GetUsage = z.strictObject({
  /** Any of purpose, agent, user, key, provider, model, day, month, joined by commas; without it there are only totals. */
  group_by: z
    .string()
    .min(1)
    .max(100)
    .transform((list, { issues, value }) => {
      const words = [...new Set(list.split(',').map((word) => word.trim()))]
      const wrong = words.find((word) => !isDimension(word))
      if (wrong !== undefined) issues.push({ code: 'custom', message: `'${wrong}' is none of ${dimensions.join(', ')}`, input: value })
      return words.filter(isDimension)
    })
    .optional(),
  /** First and last UTC day, both counted. */
  from: UtcDay.optional(),
  to: UtcDay.optional(),
  purpose: Purpose.optional(),
  /** An agent's id. */
  agent: name.optional(),
  user: name.optional(),
  key: name.optional(),
  provider: name.optional(),
  model: name.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
})
export type GetUsage = z.output<typeof GetUsage>

const spent = {
  /** Model calls, those that failed after the provider had counted tokens included. */
  calls: z.int(),
  failed: z.int(),
  /** Calls that repeated one which had failed. */
  retries: z.int(),
  tokens_input: Tokens,
  /** Part of `tokens_input`. */
  tokens_cached: Tokens,
  tokens_output: Tokens,
  /** Part of `tokens_output`. */
  tokens_reasoning: Tokens,
  /** US dollars of the calls with a known price; null where there is none among them. */
  cost: z.number().nullable(),
  /** Calls whose price is unknown; they are not in `cost`. */
  calls_unpriced: z.int(),
  /** Calls whose tokens Cadre counted itself, since their provider did not say them or said nonsense. */
  calls_estimated: z.int(),
  /** Of all calls together, as the model took. */
  duration_ms: z.int(),
}
export const UsageTotals = z.object(spent)
export type UsageTotals = z.infer<typeof UsageTotals>
export const UsageGroup = z.object({
  purpose: Purpose.optional(),
  /** Null: no agent's run asked. */
  agent: z.string().nullable().optional(),
  user: z.string().optional(),
  /** Null: no key was used. */
  key: z.string().nullable().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  day: z.string().optional(),
  month: z.string().optional(),
  ...spent,
})
export type UsageGroup = z.infer<typeof UsageGroup>
export const Usage = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  group_by: z.array(z.enum(dimensions)),
  /** By day or month where grouped so, else the most expensive first. */
  groups: z.array(UsageGroup),
  totals: UsageTotals,
  /** There are more groups than `limit`; the totals count them. */
  truncated: z.boolean(),
})
export type Usage = z.infer<typeof Usage>

export const usage = {
  get: oc
    .route({ method: 'GET', path: '/usage', summary: 'Tokens and cost of model calls, grouped as asked, over a range of days' })
    .input(GetUsage)
    .output(Usage),
}

// --- budgets

export const OnExceed = z.enum(['fail', 'wait'])
export type OnExceed = z.infer<typeof OnExceed>

export const CreateBudget = z.strictObject({
  scope: z.enum(['run', 'key', 'user', 'agent', 'global']),
  /** Whose budget it is; `*` gives each run, key, user or agent one of its own. */
  scope_id: name.default('*'),
  /** `run` counts each run with its sub-runs for itself, `total` never begins anew. Days and months are UTC. */
  period: z.enum(['run', 'day', 'month', 'total']),
  unit: z.enum(['tokens', 'usd']),
  /** Tokens, or US dollars to a millionth. What was spent before the budget was set does not count. */
  limit: Limit,
  /** What a run does that would pass it; an agent's `budget.on_exceed` goes before this. */
  on_exceed: OnExceed.default('fail'),
  /** A model without a known price costs this budget nothing, or is refused. */
  unknown: z.enum(['count_as_zero', 'refuse']).default('count_as_zero'),
})
export type CreateBudget = z.infer<typeof CreateBudget>

const BudgetRef = z.strictObject({ id: z.string().min(1).max(100) })
export const UpdateBudget = z.strictObject({ limit: Limit, on_exceed: OnExceed, unknown: CreateBudget.shape.unknown.unwrap() }).partial()
export type UpdateBudget = z.infer<typeof UpdateBudget>

const level = { spent: z.number(), reserved: z.number(), left: z.number() }
export const Budget = z.object({
  id: z.string(),
  ...CreateBudget.shape,
  /** In the current period, of whoever is nearest to the limit. */
  ...level,
  /** Null where it never begins anew. */
  resets_at: Instant.nullable(),
  /** By run, key, user or agent, the nearest to the limit first; at most 20. */
  subjects: z.array(z.object({ id: z.string(), ...level })),
  created_by: z.string(),
  created_at: Instant,
  updated_at: Instant,
})
export type Budget = z.infer<typeof Budget>

export const RunBudget = z.strictObject({ tokens: z.int().min(1).max(1_000_000_000_000).optional(), usd: Usd.optional() })
export type RunBudget = z.infer<typeof RunBudget>
export const RunBudgetLevel = z.object({
  run_id: z.string(),
  tokens: z.object({ limit: z.number(), ...level }).nullable(),
  usd: z.object({ limit: z.number(), ...level }).nullable(),
})
export type RunBudgetLevel = z.infer<typeof RunBudgetLevel>

export const budgets = {
  list: oc
    .route({ method: 'GET', path: '/budgets', summary: 'List the budgets with what is spent, reserved and left' })
    .output(z.object({ items: z.array(Budget), next_cursor: z.null() })),
  create: oc.route({ method: 'POST', path: '/budgets', summary: 'Set a budget', successStatus: 201 }).input(CreateBudget).output(Budget),
  update: oc
    .route({ method: 'PATCH', path: '/budgets/{id}', summary: 'Change a budget; runs that wait for it go on when it is raised' })
    .input(BudgetRef.extend(UpdateBudget.shape))
    .output(Budget),
  delete: oc
    .route({ method: 'DELETE', path: '/budgets/{id}', summary: 'Remove a budget; what it limited is limited no more' })
    .input(BudgetRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  raiseOfRun: oc
    .route({ method: 'PUT', path: '/runs/{runId}/budget', summary: "Give one run another limit than its agent's budget says" })
    .input(z.strictObject({ runId: z.string().min(1).max(100) }).extend(RunBudget.shape))
    .output(RunBudgetLevel),
}

// --- prices

const perMillion = z.number().min(0).max(1_000_000)
export const Rates = z.strictObject({
  /** US dollars per million tokens, to a millionth. */
  input: perMillion,
  /** Input tokens that the provider had in its cache; as `input` where left out. */
  cached_input: perMillion.optional(),
  /** Input tokens that went into its cache; as `input` where left out. */
  cache_write: perMillion.optional(),
  output: perMillion,
  /** As `output` where left out. */
  reasoning: perMillion.optional(),
})
export type Rates = z.infer<typeof Rates>

export const PriceRef = z.strictObject({
  provider: name,
  /** A model's name, or `*` for every model of the provider. */
  model: name,
})
export type PriceRef = z.infer<typeof PriceRef>
/** As `prices:` of cadre.yaml has it. */
export const ConfiguredPrice = PriceRef.extend(Rates.shape)
export type ConfiguredPrice = z.infer<typeof ConfiguredPrice>

export const Price = z.object({
  provider: z.string(),
  model: z.string(),
  /** Null: unknown, which is not the same as free. */
  rates: z.object(Rates.shape).nullable(),
  /** Further rates that hold for the whole call when its input has more tokens than `above`. */
  tiers: z.array(z.object({ above: z.int(), rates: z.object(Rates.shape) })),
  /** `table`: the price list that ships with Cadre. */
  source: z.enum(['stored', 'config', 'table', 'builtin', 'unknown']),
})
export type Price = z.infer<typeof Price>

export const prices = {
  list: oc
    .route({ method: 'GET', path: '/prices', summary: 'List the prices that were set by hand' })
    .output(z.object({ items: z.array(Price), next_cursor: z.null() })),
  get: oc
    .route({ method: 'GET', path: '/prices/{provider}/{model}', summary: 'What a model costs now, and where that price is from' })
    .input(PriceRef)
    .output(Price),
  put: oc
    .route({ method: 'PUT', path: '/prices/{provider}/{model}', summary: 'Set a price; it goes before cadre.yaml and the price list' })
    .input(PriceRef.extend(Rates.shape))
    .output(Price),
  delete: oc
    .route({ method: 'DELETE', path: '/prices/{provider}/{model}', summary: 'Remove a price that was set by hand' })
    .input(PriceRef)
    .output(z.object({ provider: z.string(), model: z.string(), deleted: z.literal(true) })),
}
