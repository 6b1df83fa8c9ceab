export type Vendor = 'anthropic' | 'openai' | 'google'

/** Whose key it is, where its beginning says so. */
export function recogniseKey(key: string): Vendor | null {
  const trimmed = key.trim()
  if (trimmed.startsWith('sk-ant-')) return 'anthropic'
  if (/^AIza[\w-]{10,}/.test(trimmed)) return 'google'
  if (/^sk-(proj-|svcacct-|admin-)?[\w-]{16,}/.test(trimmed) && !/^sk-(or|lf)-/.test(trimmed)) return 'openai'
  return null
}
