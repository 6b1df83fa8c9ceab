import type { ProviderType } from '@cadre/contract/providers'

/** What a short name means; `provider_type` null for whatever provider. */
export type Alias = { alias: string; model: string; provider_type: ProviderType | null }

const named = (provider_type: ProviderType, names: Record<string, string>): Alias[] =>
  Object.entries(names).map(([alias, model]) => ({ alias, model, provider_type }))

/** Short names that people remember and what they mean in this version. Rows of model_aliases stand over them. */
export const builtinAliases: readonly Alias[] = [
  ...named('anthropic', { 'claude-sonnet': 'claude-sonnet-5-5', 'claude-opus': 'claude-opus-5-5', 'claude-haiku': 'claude-haiku-5-5' }),
  ...named('openai', { 'gpt-4': 'gpt-4.1', 'gpt-4o': 'gpt-4o', 'gpt-3.5': 'gpt-3.5-turbo' }),
  ...named('google', { 'gemini-flash': 'gemini-flash-latest', 'gemini-pro': 'gemini-pro-latest' }),
  ...named('mistral', {
    'mistral-large': 'mistral-large-latest',
    'mistral-medium': 'mistral-medium-latest',
    'mistral-small': 'mistral-small-latest',
  }),
]

/** What `auto` means for a provider that was not told otherwise. */
export const defaultModels: Partial<Record<ProviderType, string>> = {
  anthropic: 'claude-sonnet',
  openai: 'gpt-4o-mini',
  google: 'gemini-flash',
  mistral: 'mistral-small',
  builtin: 'planner',
}

/** The same for embeddings. What a subscription of Azure has, and what a server of one's own, is not known beforehand. */
export const defaultEmbeddings: Partial<Record<ProviderType, string>> = {
  openai: 'text-embedding-3-small',
  google: 'gemini-embedding-001',
  mistral: 'mistral-embed',
  bedrock: 'amazon.titan-embed-text-v2:0',
}

export type AliasTable = ReadonlyMap<string, Alias>

/** @param stored stands over what is built in. */
export function aliasTable(stored: readonly Alias[]): AliasTable {
  return new Map([...builtinAliases, ...stored].map((each) => [each.alias, each]))
}

/** A short name may mean another one. Anything that is none, or counts for other providers, is passed on as it is. */
export function modelNamed(table: AliasTable, type: ProviderType, name: string): string {
  const seen = new Set<string>()
  let current = name
  while (!seen.has(current)) {
    seen.add(current)
    const alias = table.get(current)
    if (!alias || (alias.provider_type !== null && alias.provider_type !== type)) break
    current = alias.model
  }
  return current
}

const makers: [RegExp, ProviderType][] = [
  [/^planner$/, 'builtin'],
  [/^claude-/, 'anthropic'],
  [/^(gpt-|chatgpt-|o\d)(?!oss)/, 'openai'],
  [/^gemini-/, 'google'],
  [/^(mistral|ministral|magistral|codestral|devstral|pixtral|open-mi[sx]tral)-[a-z0-9.-]+$/, 'mistral'],
  [/^((us|eu|apac|global|au|jp)\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen)\.[a-z]/, 'bedrock'],
]

/** Whose model it is, where the name tells. */
export function typeOfModel(table: AliasTable, name: string): ProviderType | null {
  const alias = table.get(name)
  if (alias?.provider_type) return alias.provider_type
  const target = alias?.model ?? name
  return makers.find(([pattern]) => pattern.test(target))?.[1] ?? null
}
