import { describe, expect, test } from 'vitest'
import { colourCode } from './markdown-highlight.ts'
import { type LanguageId, languageOf } from './markdown-languages.ts'

const samples: Record<LanguageId, [code: string, coloured: Record<string, string>]> = {
  bash: ['if [ -f "$a" ]; then # yes\n  cat file\nfi', { if: 'text-accent', '# yes': 'text-muted' }],
  css: ['a:hover { color: #fff }', { a: 'text-accent', color: 'text-info' }],
  diff: ['- old\n+ new', { '- old': 'text-danger', '+ new': 'text-success' }],
  go: ['func main() { return 1 }', { func: 'text-accent', '1': 'text-info' }],
  javascript: ['const a = `x ${b + 1} y` // z', { const: 'text-accent', '1': 'text-info', '// z': 'text-muted' }],
  json: ['{"a": [1, true, "b"]}', { '"a"': 'text-info', '"b"': 'text-success' }],
  markdown: ['# Title\n\n*so* `x`', { '# Title': 'text-accent', '*so*': 'italic' }],
  python: ['def f(x):\n  return "é" # ok', { def: 'text-accent', '"é"': 'text-success' }],
  rust: ['fn main() { let x = 1; }', { fn: 'text-accent', '1': 'text-info' }],
  sql: ["select a from t where b = 'c' -- d", { select: 'text-accent', "'c'": 'text-success' }],
  typescript: ['export const a: number = 1', { export: 'text-accent', '1': 'text-info' }],
  xml: ['<a href="b">c</a> <!-- d -->', { '"b"': 'text-success', '<!-- d -->': 'text-muted' }],
  yaml: ['a: 1 # b', { 'a:': 'text-info', '# b': 'text-muted' }],
}

describe('code in colours', () => {
  test.each(Object.entries(samples))('%s', (language, [code, coloured]) => {
    const parts = colourCode(language as LanguageId, code)
    expect(parts.map(({ text }) => text).join('')).toBe(code)
    const found = Object.fromEntries(parts.flatMap(({ text, className }) => (className === null ? [] : [[text.trim(), className]])))
    expect(found).toMatchObject(coloured)
  })

  test('nothing is lost or added, whatever stands in it', () => {
    const odd = '</code><script>alert(1)</script> &lt; \u0000 \r\n \u202e 😀 `${"'
    for (const language of Object.keys(samples) as LanguageId[])
      expect(
        colourCode(language, odd)
          .map(({ text }) => text)
          .join(''),
        language,
      ).toBe(odd)
  })

  test('names of languages, as they are written behind a fence', () => {
    expect(['ts', 'TSX', 'py', 'html', 'svg', 'yml', 'sh'].map((info) => languageOf(info)?.name)).toEqual([
      'TypeScript',
      'TypeScript',
      'Python',
      'HTML',
      'XML',
      'YAML',
      'Bash',
    ])
    expect(['', 'cobol', 'constructor', '__proto__'].map(languageOf)).toEqual([undefined, undefined, undefined, undefined])
  })
})
