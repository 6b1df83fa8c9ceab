/** The languages that code is coloured in. Names that stand behind the fence of a block lead to them. */
const languages = {
  bash: { name: 'Bash', also: ['sh', 'shell', 'zsh', 'console'] },
  css: { name: 'CSS', also: [] },
  diff: { name: 'Diff', also: ['patch'] },
  go: { name: 'Go', also: ['golang'] },
  javascript: { name: 'JavaScript', also: ['js', 'jsx', 'mjs', 'cjs'] },
  json: { name: 'JSON', also: ['jsonc', 'json5', 'jsonl', 'ndjson'] },
  markdown: { name: 'Markdown', also: ['md'] },
  python: { name: 'Python', also: ['py', 'python3'] },
  rust: { name: 'Rust', also: ['rs'] },
  sql: { name: 'SQL', also: ['sqlite', 'postgres', 'postgresql', 'mysql'] },
  typescript: { name: 'TypeScript', also: ['ts', 'tsx', 'mts', 'cts'] },
  xml: { name: 'XML', also: ['svg', 'html', 'xhtml'] },
  yaml: { name: 'YAML', also: ['yml'] },
} as const

export type LanguageId = keyof typeof languages
export type Language = { id: LanguageId; name: string }

const html: Language = { id: 'xml', name: 'HTML' }
const byName = new Map<string, Language>(
  Object.entries(languages).flatMap(([id, { name, also }]) => [id, ...also].map((each) => [each, { id: id as LanguageId, name }] as const)),
)
byName.set('html', html).set('xhtml', html)

/** @param info the first word behind the fence of a block. */
export function languageOf(info: string): Language | undefined {
  return byName.get(info.toLowerCase())
}
