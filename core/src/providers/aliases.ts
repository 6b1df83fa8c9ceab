import type { ProviderType } from '@cadre/contract/providers'

/** Short names that people remember, by provider type, and what they mean now. Anything else is passed on as it is. */
const aliases: Record<string, Record<string, string>> = {
  anthropic: { 'claude-sonnet': 'claude-sonnet-5-5', 'claude-opus': 'claude-opus-5-5', 'claude-haiku': 'claude-haiku-5-5' },
  openai: { 'gpt-4': 'gpt-4.1', 'gpt-3.5': 'gpt-3.5-turbo' },
}

/** What `auto` means for a provider that was not told otherwise. */
export const defaultModels: Partial<Record<ProviderType, string>> = { anthropic: 'claude-sonnet', openai: 'gpt-4o-mini', builtin: 'planner' }

export function modelNamed(type: ProviderType, name: string): string {
  return aliases[type]?.[name] ?? name
}

/** Whose model it is, where the name tells. */
export function typeOfModel(name: string): ProviderType | null {
  if (name === 'planner') return 'builtin'
  if (name.startsWith('claude-')) return 'anthropic'
  return /^(gpt-|chatgpt-|o\d)/.test(name) ? 'openai' : null
}
