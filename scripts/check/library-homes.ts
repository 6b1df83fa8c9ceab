import { isTest, type Offence, type SourceFile } from './source-files.ts'

type Home = { what: RegExp; where: RegExp; advice: string }

/** Where a library may be imported, types included: whoever replaces it changes these files and no others. */
const libraries: Home[] = [
  {
    what: /^kysely(\/|$)/,
    where: /\.store\.ts$|^core\/src\/(storage|jobs)\//,
    advice: "SQL lives in the noun's *.store.ts; elsewhere take a Db or Trx from core/src/storage/database.ts",
  },
  { what: /^pg(-|\/|$)/, where: /^core\/src\/(storage|jobs)\//, advice: 'take a Db from core/src/storage/database.ts' },
  {
    what: /^node:sqlite$/,
    where: /^core\/src\/storage\/|^core\/src\/jobs\/heartbeat/,
    advice: 'take a Db from core/src/storage/database.ts',
  },
  {
    what: /^(@voltagent\/.+|ai|@ai-sdk\/(?!provider$).+)$/,
    where: /^core\/src\/(runs\/engine-|providers\/)/,
    advice: 'go through the port core/src/runs/engine.ts (agents) or core/src/providers/ (models)',
  },
  // The interface of a model: types that runs and providers share.
  { what: /^@ai-sdk\/provider$/, where: /^core\/src\/(runs|providers)\//, advice: 'speak of models through core/src/runs/engine.ts' },
  { what: /^(fastify|@fastify\/.+)$/, where: /^server\/src\//, advice: 'core knows no HTTP: return a value or throw a CadreError' },
  { what: /^undici$/, where: /^core\/src\/(tools\/network\/|providers\/)/, advice: 'outgoing HTTP goes through core/src/tools/network/connector.ts' },
  {
    what: /^node:(http|https|http2)$/,
    where: /^server\/src\/|^core\/src\/tools\/(network|container)\//,
    advice: 'outgoing HTTP goes through core/src/tools/network/connector.ts, incoming through server/',
  },
  { what: /^(node:)?vm$/, where: /(?!)/, advice: 'vm contains nothing: run user code in the runner of design.md section 7' },
]

const calls: Home[] = [
  {
    what: /^fetch$/,
    where: /^core\/src\/(tools|providers)\/|^client\//,
    advice: 'outgoing HTTP goes through core/src/tools/network/connector.ts, which checks the address it dials',
  },
  { what: /^(eval|Function)$/, where: /(?!)/, advice: 'text must not become code: parse it, or interpret it' },
]

const outside = /^(bench|e2e|scripts)\//
const neverAnywhere = /^(eval|Function|vm|node:vm)$/

export function libraryHomes(files: SourceFile[]): Offence[] {
  return files.flatMap((file) => {
    const free = isTest(file.path) || outside.test(file.path) || !file.path.includes('/')
    const strays = (homes: Home[], name: string, line: number) =>
      homes
        .filter((home) => home.what.test(name) && !home.where.test(file.path) && (!free || neverAnywhere.test(name)))
        .map((home) => ({ file: file.path, line, message: `${name} has no place here: ${home.advice}` }))
    return [
      ...file.imports.flatMap(({ specifier, line }) => strays(libraries, specifier, line)),
      ...file.calls.flatMap(({ name, line }) => strays(calls, name, line)),
    ]
  })
}
