import { isTest, type Import, type Offence, packageFaces, resolveImport, type SourceFile } from './source-files.ts'

/** What each package may import of the others. `bench`, `e2e` and `scripts` look at the house from outside and may import all of it. */
const packages: Record<string, string[]> = {
  contract: [],
  core: ['contract'],
  forgehooks: ['contract'],
  // The bundled plugins are found through the face of forgehooks, which names their folders.
  server: ['contract', 'core', 'forgehooks'],
  client: ['contract'],
  web: ['contract', 'client'],
}
const outside = ['bench', 'e2e', 'scripts']

/** The nouns of core from left to right. A noun imports its own group and those to its left. */
const groups = [
  ['storage', 'telemetry'],
  ['audit', 'access', 'jobs', 'settings'],
  ['providers', 'usage', 'tools', 'memory', 'plugins', 'connections'],
  ['agents'],
  ['metrics'],
  ['approvals'],
  ['runs'],
  ['conversations', 'workflows'],
]
const rankOf = (noun: string) => groups.findIndex((group) => group.includes(noun))

/** Files at the root of core/src, which put the nouns together. Their own parts stand beside them: config-sources.ts. */
const isRoot = (path: string) => path.split('/').length === 3

export function importLaw(files: SourceFile[]): Offence[] {
  const known = new Set(files.map((file) => file.path))
  return files.flatMap((file) => [
    ...file.imports.flatMap((found) => {
      const target = resolveImport(known, file.path, found.specifier) ?? foreignPackage(found.specifier)
      const message = target && (packageOffence(file.path, found, target) ?? nounOffence(file.path, found, target) ?? webOffence(file.path, target))
      return message ? [{ file: file.path, line: found.line, message }] : []
    }),
    ...barrelOffence(file),
  ])
}

/** `@cadre/core/x` counts as core even where no such file exists. */
function foreignPackage(specifier: string) {
  const match = /^@cadre\/([^/]+)/.exec(specifier)
  return match ? `${match[1]}/src` : undefined
}

function packageOffence(file: string, found: Import, target: string): string | undefined {
  const from = file.split('/')[0] ?? ''
  const to = target.split('/')[0] ?? ''
  if (from === to || !(from in packages) || /(^|\/)test\//.test(file)) return undefined
  const allowed = packages[from] ?? []
  if (outside.includes(to)) return `${from} imports ${to}, which only looks at the house from outside; move what is shared into ${from}`
  if (!allowed.includes(to)) return `${from} must not import ${to} (${lawOf(from)}); ${adviceFor(from, to)}`
  if (found.specifier.startsWith('.')) return `reach another package by its name: @cadre/${target.replace('/src', '').replace(/\.ts$/, '')}`
  return undefined
}

const lawOf = (name: string) => (packages[name]?.length ? `it may import ${packages[name].join(', ')}` : 'it imports no other package')

function adviceFor(from: string, to: string) {
  if (to === 'forgehooks') return 'plugins are loaded by their folder: give core the path'
  if (from === 'client' || from === 'web') return 'say it in contract/ and ask the server over HTTP'
  if (to === 'server') return 'a door calls core, never the other way: pass what you need as a value'
  return 'what both need belongs into contract/'
}

function nounOffence(file: string, found: Import, target: string): string | undefined {
  if (!file.startsWith('core/src/') || !target.startsWith('core/src/') || isTest(file)) return undefined
  const from = nounOf(file)
  const to = nounOf(target)
  if (target.endsWith('.store.ts') && to !== from) return `${target} is the private SQL of ${to}; call a verb of ${to}/ instead, or add one there`
  if (from === to || isRoot(file)) return undefined
  if (isTest(target)) return `${target} is for tests only; move what is shared out of test/`
  if (isRoot(target)) return rootOffence(found, to)
  if (rankOf(from) < 0)
    return `core/src/${from} is no noun of the import law; put it into a noun's folder, or add the noun to scripts/check/import-law.ts`
  if (rankOf(to) < 0) return `core/src/${to} is no noun of the import law; add it to scripts/check/import-law.ts`
  if (rankOf(from) >= rankOf(to)) return undefined
  if (from === 'jobs') return `jobs knows no ${to}: register the verb in core/src/job-handlers.ts and let jobs call it by name`
  return `${from} must not import ${to}, which stands to its right (${groups.map((group) => group.join(' ')).join(' <- ')}); pass the value or function in, or move the shared part left`
}

/** Everyone may read settings and throw errors. The App is a type to all but the doors: it is handed in. */
function rootOffence(found: Import, to: string) {
  if (/^(config|errors)/.test(to) || (to === 'app' && found.typeOnly)) return undefined
  if (to === 'app') return "take the app as an argument: only `import type { App } from '../app.ts'`"
  return `core/src/${to}.ts puts the nouns together and is imported by doors only; import the verb itself`
}

/** The layers of the pages from the bottom up, and what each may know of the others. */
const webLayers: Record<string, string[]> = {
  i18n: [],
  ui: ['i18n'],
  lib: ['i18n'],
  features: ['ui', 'lib', 'i18n'],
  app: ['features', 'ui', 'lib', 'i18n'],
}

function webOffence(file: string, target: string): string | undefined {
  if (!file.startsWith('web/src/') || !target.startsWith('web/src/') || isTest(file)) return undefined
  const [from = '', to = ''] = [file, target].map((path) => path.split('/')[2] ?? '')
  const known = webLayers[from]
  if (!known) return file.split('/').length === 3 ? undefined : `web/src/${from} is no layer of the pages (${Object.keys(webLayers).join(', ')})`
  if (from === to || known.includes(to)) return undefined
  return `web/src/${from} must not import web/src/${to} (app -> features -> ui, lib -> i18n); pass the value in, or move the shared part down`
}

/** `runs` for core/src/runs/journal.ts, `app` for core/src/app.ts. */
function nounOf(path: string) {
  return (path.split('/')[2] ?? '').replace(/\.ts$/, '')
}

function barrelOffence(file: SourceFile): Offence[] {
  if (!file.isBarrel || Object.entries(packageFaces).some(([name, face]) => file.path === `${name}/src/${face}.ts`)) return []
  return [{ file: file.path, line: 1, message: 'a file of re-exports hides where things are; import the files themselves and delete it' }]
}
