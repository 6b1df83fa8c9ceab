import { isTest, type Offence, type SourceFile } from './source-files.ts'

type Home = { what: RegExp; where: RegExp; advice: string }

/** Where a library may be imported, types included: whoever replaces it changes these files and no others. */
const libraries: Home[] = [
  {
    what: /^kysely(\/|$)/,
    where: /\.store\.ts$|^core\/src\/(storage|jobs)\//,
    advice: "SQL lives in the noun's *.store.ts; elsewhere take a Db or Trx from core/src/storage/database.ts",
  },
  { what: /^pg(-|\/|$)/, where: /^core\/src\/(storage|jobs|tools\/sql)\//, advice: 'take a Db from core/src/storage/database.ts' },
  {
    what: /^node:sqlite$/,
    where: /^core\/src\/(storage|tools\/sql)\/|^core\/src\/jobs\/heartbeat/,
    advice: 'take a Db from core/src/storage/database.ts; a tool asks the SQL guard (context.sql)',
  },
  {
    what: /^better-sqlite3/,
    where: /^core\/src\/storage\/open-sqlite/,
    advice: 'take a Db from core/src/storage/database.ts; the driver that encrypts is loaded by open-sqlite.ts alone',
  },
  {
    what: /^(@voltagent\/.+|ai|@ai-sdk\/(?!provider$).+)$/,
    where: /^core\/src\/(runs\/engine-|providers\/)/,
    advice: 'go through the port core/src/runs/engine.ts (agents) or core/src/providers/ (models)',
  },
  // The interface of a model: types that runs and providers share.
  { what: /^@ai-sdk\/provider$/, where: /^core\/src\/(runs|providers)\//, advice: 'speak of models through core/src/runs/engine.ts' },
  {
    what: /^@pydantic\/genai-prices$/,
    where: /^core\/src\/(usage\/price-table|providers\/model-cards)\.ts$/,
    advice: 'ask app.usage.priceOf, which knows the prices that were set by hand as well',
  },
  { what: /^(fastify|@fastify\/.+)$/, where: /^server\/src\//, advice: 'core knows no HTTP: return a value or throw a CadreError' },
  { what: /^undici$/, where: /^core\/src\/(tools\/network\/|providers\/)/, advice: 'outgoing HTTP goes through core/src/tools/network/connector.ts' },
  {
    what: /^node:(http|https|http2)$/,
    where: /^server\/src\/|^core\/src\/tools\/(network|container)\//,
    advice: 'outgoing HTTP goes through core/src/tools/network/connector.ts, incoming through server/',
  },
  {
    what: /^(react|react-dom|radix-ui|@radix-ui\/.+|@tanstack\/.+|@xyflow\/.+|streamdown|uplot|cmdk|sonner|react-hook-form|lucide-react)(\/|$)/,
    where: /^web\/|^client\/src\/react\//,
    advice: 'what draws belongs into web/, and the hooks for others into client/src/react/',
  },
  {
    what: /^streamdown(\/|$)/,
    where: /^web\/src\/ui\/markdown/,
    advice: 'text of a model or a tool is shown by web/src/ui/markdown.tsx alone, which makes it harmless',
  },
  { what: /^(node:)?vm$/, where: /(?!)/, advice: 'vm contains nothing: run user code in the runner of design.md section 7' },
]

/** Design.md section 7: each way out of a tool has one wall, and nobody goes around it. */
const walls: Home[] = [
  {
    what: /^node:fs(\/promises)?$/,
    where:
      /^(server|client)\/|^core\/src\/(config|access\/(secrets|database-key)|storage\/|jobs\/host|plugins\/(hook-host|load-bundled)|tools\/(files|code|sql)\/|providers\/gguf\/)|^core\/src\/providers\/planner\/test-loop|^forgehooks\/lib\/hook-test/,
    advice: 'a tool reads files through core/src/tools/files/ (context.files), which knows the roots',
  },
  {
    what: /^node:(net|tls|dgram|dns(\/promises)?)$/,
    where: /^server\/src\/|^core\/src\/tools\/network\//,
    advice: 'what leaves this machine goes through core/src/tools/network/ (context.fetch), which checks the address it dials',
  },
  {
    what: /^node:(child_process|cluster)$/,
    where: /^(server\/src|client)\/|^core\/src\/(tools\/sql|providers\/gguf)\//,
    advice: 'tools start no programs; code that is not ours runs in core/src/tools/code/ or in a container',
  },
  {
    what: /^node:worker_threads$/,
    where: /^core\/src\/(jobs\/heartbeat|tools\/(embedded|code|sql)\/|providers\/gguf\/)|^forgehooks\/text-utils\/regex/,
    advice: 'threads belong to the runtimes in core/src/tools/, which end them from outside',
  },
  { what: /^(quickjs-emscripten|@jitl\/)/, where: /^core\/src\/tools\/code\//, advice: 'one sandbox runs all user code: core/src/tools/code/' },
  { what: /^@duckdb\//, where: /^core\/src\/tools\/sql\//, advice: 'one guard runs all SQL of tools: core/src/tools/sql/ (context.sql)' },
  { what: /^@modelcontextprotocol\//, where: /^core\/src\/tools\/mcp\//, advice: 'MCP servers are spoken to in core/src/tools/mcp/' },
]

const calls: Home[] = [
  {
    what: /^fetch$/,
    where: /^core\/src\/(tools\/network|providers)\/|^client\//,
    advice:
      'pages ask through @cadre/client; in the server, HTTP goes out through core/src/tools/network/connector.ts, which checks the address it dials',
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
      ...file.imports.flatMap(({ specifier, line }) => strays([...libraries, ...walls], specifier, line)),
      ...file.calls.flatMap(({ name, line }) => strays(calls, name, line)),
    ]
  })
}
