/** Short names that people remember, by provider type, and what they mean now. Anything else is passed on as it is. */
const aliases: Record<string, Record<string, string>> = {
  anthropic: { 'claude-sonnet': 'claude-sonnet-4-5', 'claude-opus': 'claude-opus-4-5', 'claude-haiku': 'claude-haiku-4-5' },
  openai: { 'gpt-4': 'gpt-4-turbo', 'gpt-3.5': 'gpt-3.5-turbo' },
}

/** What `auto` means for a provider that was not told otherwise. */
export const defaultModels: Record<string, string> = { anthropic: 'claude-sonnet', openai: 'gpt-4o-mini', builtin: 'planner' }

export function modelNamed(type: string, name: string): string {
  return aliases[type]?.[name] ?? name
}
