import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'rolldown/utils'
import { findPageTexts } from './page-texts.ts'

/** One import, re-export, dynamic `import()` or `import('...').Type`. */
export type Import = { specifier: string; line: number; typeOnly: boolean; lazy: boolean }
export type SourceFile = {
  /** From the root of the tree, with forward slashes. */
  path: string
  lines: number
  imports: Import[]
  /** Calls that only some places may make: `fetch`, `eval`, `Function`. */
  calls: { name: string; line: number }[]
  /** Words written into JSX. Tests have none. */
  texts: { text: string; line: number }[]
  /** Nothing but re-exports. */
  isBarrel: boolean
}
export type Offence = { file: string; line: number; message: string }

const code = /\.(ts|tsx|mts|js|mjs)$/
const watchedCalls = ['fetch', 'eval', 'Function']

export function readTree(root: string): SourceFile[] {
  return readdirSync(root, { recursive: false, withFileTypes: true })
    .flatMap((entry) => walk(root, '', entry))
    .map((path) => parse(path, readFileSync(join(root, path), 'utf8')))
}

function walk(root: string, folder: string, entry: { name: string; isDirectory(): boolean }): string[] {
  const path = folder ? `${folder}/${entry.name}` : entry.name
  if (!entry.isDirectory()) return code.test(entry.name) ? [path] : []
  if (entry.name.startsWith('.') || ['node_modules', 'dist', 'coverage', 'data'].includes(entry.name)) return []
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((child) => walk(root, path, child))
}

/** Parsed, not searched: a word in a comment or a string is no call and no import. */
export function parse(path: string, text: string): SourceFile {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)]
  const lineAt = (offset: number) => starts.findLastIndex((start) => start <= offset) + 1
  const { program, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`)

  const imports: Import[] = []
  const calls: SourceFile['calls'] = []
  const found = (node: { start: number }, source: unknown, typeOnly: boolean, lazy = false) => {
    const specifier = literal(source)
    if (specifier !== undefined) imports.push({ specifier, line: lineAt(node.start), typeOnly, lazy })
  }
  const called = (node: { start: number }, callee: unknown) => {
    const name = nameOf(callee)
    if (name && watchedCalls.includes(name)) calls.push({ name, line: lineAt(node.start) })
  }
  new Visitor({
    ImportDeclaration: (node) => found(node, node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => found(node, node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => found(node, node.source, node.exportKind === 'type'),
    ImportExpression: (node) => found(node, node.source, false, true),
    TSImportType: (node) => found(node, node.source, true),
    CallExpression: (node) => called(node, node.callee),
    NewExpression: (node) => called(node, node.callee),
  }).visit(program)

  const isBarrel =
    program.body.length > 0 && program.body.every((node) => /^Export(All|Named)Declaration$/.test(node.type) && 'source' in node && node.source)
  const texts = path.endsWith('.tsx') && !isTest(path) ? findPageTexts(program, lineAt) : []
  return { path, lines: starts.length - (text.endsWith('\n') ? 1 : 0), imports, calls, texts, isBarrel }
}

function literal(node: unknown): string | undefined {
  return node && typeof node === 'object' && 'value' in node && typeof node.value === 'string' ? node.value : undefined
}

/** `fetch` for `fetch(...)` and for `globalThis.fetch(...)`. */
function nameOf(callee: unknown): string | undefined {
  const node = callee as { type: string; name?: string; object?: { name?: string }; property?: { name?: string } }
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' && node.object?.name === 'globalThis' ? node.property?.name : undefined
}

export function isTest(path: string) {
  return /\.test\.tsx?$/.test(path) || /(^|\/)test\//.test(path)
}

/** The file of this tree that an import names, or undefined for a package from npm, for Node's own, and for what is no code. */
export function resolveImport(files: ReadonlySet<string>, from: string, specifier: string): string | undefined {
  const path = specifier.startsWith('.') ? join(from, '..', specifier).replaceAll('\\', '/') : ofWorkspace(specifier)
  return path && files.has(path) ? path : undefined
}

/** As the `exports` of every package.json say: `@cadre/core/runs/journal` is core/src/runs/journal.ts. The plugins stand in folders without src. */
function ofWorkspace(specifier: string): string | undefined {
  const match = /^@cadre\/([^/]+)(?:\/(.+))?$/.exec(specifier)
  if (!match) return undefined
  const [, name = '', file] = match
  if (name === 'forgehooks') return file ? undefined : 'forgehooks/index.ts'
  return `${name}/src/${file ?? packageFaces[name] ?? 'index'}.ts`
}

/** What a package shows the others under its bare name. */
export const packageFaces: Record<string, string> = { contract: 'index', core: 'app', server: 'server', client: 'client' }
