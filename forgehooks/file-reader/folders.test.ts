import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import { globOf } from './glob.ts'
import handlers from './index.ts'
import { filesContext } from './test/files-context.ts'
import { pdfOf } from './test/make-files.ts'

const { context, folder, write } = filesContext({
  'a.txt': 'alpha\nBeta beta\n',
  'B.TXT': 'the beta-test\r\nlast',
  '.hidden.txt': 'beta',
  '.env': 'beta=1',
  'sub/c.csv': 'x,beta\n',
  'sub/deep/d.txt': 'Größe\nstraße\n',
  'sub/deep/er/e.md': '# beta\n',
  'doc.pdf': pdfOf([['beta']]),
})
symlinkSync('/etc', join(folder, 'out'))
symlinkSync('sub', join(folder, 'zlink'))
const call = caller(new URL('./', import.meta.url), handlers)
const names = async (input: object) => (await call('/list', input, context)).entries.map(({ path }: { path: string }) => path.replace(/^files\//, ''))
const top = ['.env', '.hidden.txt', 'B.TXT', 'a.txt', 'doc.pdf', 'out', 'sub', 'zlink']

test.each<[input: object, found: string[]]>([
  [{}, ['files']],
  [{ path: '' }, ['files']],
  [{ path: 'files' }, top],
  [{ path: '.' }, top],
  [{ path: 'sub' }, ['sub/c.csv', 'sub/deep']],
  [{ path: 'files/sub/', depth: 2 }, ['sub/c.csv', 'sub/deep', 'sub/deep/d.txt', 'sub/deep/er']],
  [{ path: 'sub', depth: 5, type: 'file' }, ['sub/c.csv', 'sub/deep/d.txt', 'sub/deep/er/e.md']],
  [{ path: 'files', type: 'folder' }, ['sub', 'zlink']],
  [{ path: 'files', pattern: '*.txt' }, ['.hidden.txt', 'B.TXT', 'a.txt']],
  [{ path: 'files', pattern: '*.{TXT,pdf}' }, ['.hidden.txt', 'B.TXT', 'a.txt', 'doc.pdf']],
  [{ path: 'files', pattern: 'sub/**/*.txt' }, ['sub/deep/d.txt']],
  [{ path: 'files', pattern: 'sub/*' }, ['sub/c.csv', 'sub/deep']],
  [{ pattern: '**/*.csv' }, ['sub/c.csv']],
  [{ path: 'zlink', pattern: '**/*.txt' }, ['zlink/deep/d.txt']],
  [{ pattern: '*.csv' }, []],
  [{ path: 'files', pattern: '*.none' }, []],
])('list %j', async (input, found) => {
  expect(await names(input)).toEqual(found)
})

test('list tells what cannot be read, is cut at a limit and says so', async () => {
  const { entries } = await call('/list', { path: 'files' }, context)
  expect(entries.filter((entry: object) => 'unreadable' in entry).map(({ name }: { name: string }) => name)).toEqual(['.env', 'out'])
  expect(await call('/list', { path: 'files', limit: 2 }, context)).toMatchObject({ count: 2, truncated: true })
  await expect(call('/list', { path: 'a.txt' }, context)).rejects.toThrow("'files/a.txt' is a file, not a folder")
  await expect(call('/list', { path: 'files/..' }, context)).rejects.toThrow('outside of the file roots')
  await expect(call('/list', { path: '/' }, context)).rejects.toThrow('outside of the file roots')
})

test('info of files and folders', async () => {
  expect(await call('/info', { path: 'a.txt' }, context)).toMatchObject({
    path: 'files/a.txt',
    size: 16,
    kind: 'text',
    endpoint: '/read_text',
    encoding: 'utf-8',
  })
  expect(await call('/info', { path: 'sub' }, context)).toMatchObject({ type: 'folder', kind: 'folder', endpoint: '/list' })
  expect(await call('/info', { path: 'doc.pdf' }, context)).toMatchObject({ kind: 'pdf', extension: 'pdf', endpoint: '/read_pdf' })
})

test.each<[pattern: string, fits: string[], not: string[]]>([
  ['*', ['a', 'x/b', '.env'], []],
  ['a*b', ['ab', 'AxB', 'x/axxb'], ['abc']],
  ['?.md', ['a.md', 'é.md', '😀.md'], ['ab.md', '.md']],
  ['[abc].txt', ['a.txt'], ['d.txt', '[abc].txt']],
  ['[!abc].txt', ['d.txt'], ['a.txt']],
  ['[0-9][0-9]', ['42'], ['4a']],
  ['[]-]x', [], ['a']],
  ['{a,b}{1,2}', ['a1', 'b2'], ['a3', 'ab']],
  ['x/*', ['x/a'], ['x/a/b', 'a']],
  ['x/**', ['x/a', 'x/a/b'], ['y/a']],
  ['**/a', ['a', 'x/a', 'x/y/a'], ['ba']],
  ['./x/a', ['x/a'], ['a']],
  ['a.b+c(1)$', ['a.b+c(1)$'], ['aXb+c(1)$']],
  ['{a', ['{a'], ['a']],
])('pattern %s', (pattern, fits, not) => {
  const { matches } = globOf(pattern)
  expect(fits.filter((name) => !matches(name))).toEqual([])
  expect(not.filter(matches)).toEqual([])
})

const search = (input: object) => call('/search', { path: 'files', ...input }, context)
const places = async (input: object) => (await search(input)).matches.map(({ path, line, column }: any) => `${path.slice(6)}:${line}:${column}`)

test.each<[input: object, found: string[]]>([
  [{ query: 'beta' }, ['.hidden.txt:1:1', 'B.TXT:1:5', 'a.txt:2:1', 'sub/c.csv:1:3', 'sub/deep/er/e.md:1:3']],
  [{ query: 'Beta', case_sensitive: true }, ['a.txt:2:1']],
  [{ query: 'beta', pattern: '*.txt', depth: 1 }, ['.hidden.txt:1:1', 'B.TXT:1:5', 'a.txt:2:1']],
  [{ query: '^last$', regex: true }, ['B.TXT:2:1']],
  [{ query: 'be.a', path: 'a.txt' }, []],
  [{ query: 'be.a', path: 'a.txt', regex: true }, ['a.txt:2:1']],
  [{ query: 'bet', whole_word: true }, []],
  [{ query: 'größe', path: 'sub' }, ['sub/deep/d.txt:1:1']],
  [{ query: 'ß', whole_word: true, path: 'sub' }, []],
  [{ query: 'a+(b', path: 'a.txt' }, []],
  [{ query: 'beta\\-test', regex: true, path: 'B.TXT' }, ['B.TXT:1:5']],
])('search %j', async (input, found) => {
  expect(await places(input)).toEqual(found)
})

test('search: context, limits, what was not searched, and what is no expression', async () => {
  write('lines.txt', '1\n2\nhit\nhit\n5\n6\n')
  const { matches } = await search({ query: 'hit', path: 'lines.txt', context_lines: 2 })
  expect(matches).toEqual([
    { path: 'files/lines.txt', line: 3, column: 1, text: 'hit', before: ['1', '2'], after: ['hit', '5'] },
    { path: 'files/lines.txt', line: 4, column: 1, text: 'hit', before: ['2', 'hit'], after: ['5', '6'] },
  ])
  expect(await search({ query: 'hit', path: 'lines.txt', max_matches: 1 })).toMatchObject({ match_count: 1, truncated: true })
  expect(await search({ query: 'hit', path: 'lines.txt', max_matches: 2 })).toMatchObject({ match_count: 2, truncated: false })
  const all = await search({ query: 'beta' })
  expect(all.skipped.map(({ path }: { path: string }) => path)).toEqual(['files/.env', 'files/doc.pdf', 'files/out'])
  expect(all.skipped[1].reason).toBe('files/doc.pdf is a PDF, not a text; use /read_pdf')
  await expect(search({ query: '(', regex: true })).rejects.toThrow('query: is not a regular expression')
  write('long.txt', `${'x'.repeat(5_000)}needle${'y'.repeat(5_000)}`)
  const [match] = (await search({ query: 'needle', path: 'long.txt' })).matches
  expect(match.text).toMatch(/^\.\.\.x{100}needley+\.\.\.$/)
  expect(match.text.length).toBeLessThan(320)
  await expect(search({ query: 'x', path: 'nothing' })).rejects.toThrow("there is no 'nothing'")
})

test('a folder in a circle of links ends', async () => {
  symlinkSync('..', join(folder, 'sub/up'))
  writeFileSync(join(folder, 'sub/only.once'), 'unique words')
  const { matches } = await search({ query: 'unique words', path: 'sub', depth: 20 })
  expect(matches.map(({ path }: { path: string }) => path)).toEqual(['files/sub/only.once'])
})
