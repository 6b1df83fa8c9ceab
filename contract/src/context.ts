import { z } from 'zod'

/** How a conversation is made to fit the window of its model. What always stays: system prompt, pinned messages, the newest user message and what follows the last answer. */
export const ContextStrategy = z.enum([
  /** The oldest exchanges go first, whole. */
  'sliding',
  /** As sliding; one summary stands for what went. */
  'summary',
  /** The latest tool results stay longest, then the rest by age. */
  'priority',
])
export type ContextStrategy = z.infer<typeof ContextStrategy>

const fields = {
  strategy: ContextStrategy,
  /** How much of the room that the model has for input may be used. */
  window_percent: z.int().min(10).max(100),
  /** Tokens of input that are never exceeded, however large the window is; also where its size is unknown. Null: the window decides. */
  max_tokens: z.int().min(100).max(100_000_000).nullable(),
  /** When it does not fit, it is brought down to this part of the room, so that not every later call has to compact again. */
  compact_to_percent: z.int().min(20).max(100),
  /** A larger tool result is kept aside and shown as its head, its tail and a reference. Null: 8,000, or a quarter of a smaller room. */
  tool_result_tokens: z.int().min(200).max(100_000_000).nullable(),
  /** Size of a summary. */
  summary_tokens: z.int().min(100).max(20_000),
  /** The first user message says what all is about: it stays. */
  pin_first_user: z.boolean(),
  /** Ask the provider to cache what stays the same from call to call, where it has hints for that. */
  cache_hints: z.boolean(),
}

export const ContextPolicy = z.strictObject({
  strategy: fields.strategy.default('sliding'),
  window_percent: fields.window_percent.default(100),
  max_tokens: fields.max_tokens.default(null),
  compact_to_percent: fields.compact_to_percent.default(75),
  tool_result_tokens: fields.tool_result_tokens.default(null),
  summary_tokens: fields.summary_tokens.default(1000),
  pin_first_user: fields.pin_first_user.default(true),
  cache_hints: fields.cache_hints.default(true),
})
export type ContextPolicy = z.infer<typeof ContextPolicy>
/** Without the defaults: what an update leaves out stays as it is. */
export const ContextPolicyPatch = z.strictObject(fields).partial()

/** Message indexes of the whole conversation, from 0, the last one included. */
export const MessageRange = z.object({ from: z.int(), to: z.int() })
export type MessageRange = z.infer<typeof MessageRange>

/** One compaction: what every later call of the run leaves out, too. The newest that fits a conversation holds all of those before it. */
export const CompactionRecord = z.object({
  strategy: ContextStrategy,
  /** How many messages the conversation had: calls before it are not concerned. */
  messages: z.int(),
  /** What is no longer shown. */
  dropped: z.array(MessageRange),
  /** Those of the dropped messages that the summary stands for. */
  summarised: z.array(MessageRange),
  summary: z.string().nullable(),
  /** Tool results that are shown with at most so many tokens: by message and place in it. */
  shortened: z.array(z.object({ message: z.int(), part: z.int(), tokens: z.int() })),
  /** Of what was dropped, so that it is not applied to another conversation. */
  digest: z.string(),
  tokens_before: z.int(),
  tokens_after: z.int(),
  limit: z.int(),
  why: z.string(),
})
export type CompactionRecord = z.infer<typeof CompactionRecord>

export const ContextTokens = z.object({
  system: z.int(),
  tools: z.int(),
  user: z.int(),
  assistant: z.int(),
  tool_results: z.int(),
  /** The summary, and the notes that say where something was left out. */
  summary: z.int(),
  total: z.int(),
})
export type ContextTokens = z.infer<typeof ContextTokens>

/** What one model call was shown. */
export const ContextReport = z.object({
  /** Null where the size of the model's window is unknown. */
  context_size: z.int().nullable(),
  /** Tokens of input that this call was allowed; null: no limit is known. */
  limit: z.int().nullable(),
  max_output: z.int(),
  /** False: an estimate, and `counted_with` is its rule. */
  exact: z.boolean(),
  counted_with: z.string(),
  tokens: ContextTokens,
  /** The whole conversation with its tools, nothing left out. */
  tokens_before: z.int(),
  messages: z.object({ given: z.int(), sent: z.int() }),
  dropped: z.array(MessageRange.extend({ tokens: z.int(), summarised: z.boolean(), why: z.string() })),
  kept_aside: z.array(
    z.object({ message: z.int(), part: z.int(), step: z.int().nullable(), tool: z.string(), tokens: z.int(), shown: z.int(), why: z.string() }),
  ),
  /** What else there is to know, in words. */
  notes: z.array(z.string()),
})
export type ContextReport = z.infer<typeof ContextReport>
