import type { Db } from '../storage/database.ts'
import { type OnSecret, openCapabilities } from './capabilities.ts'
import { type CodeThreads, openCodeRuntime } from './code/code-runtime.ts'
import { openContainerRuntime } from './container/container-runtime.ts'
import { EmbeddedPool } from './embedded/embedded-runtime.ts'
import { type FileRoot, openFileRoots } from './files/file-roots.ts'
import { openHookStore } from './hook-store.ts'
import { callHttp, previewHttp } from './http/http-runtime.ts'
import type { Runtimes } from './invoke-tool.ts'
import { type McpRuntimes, openMcpRuntime, type OnOffer } from './mcp/mcp-runtime.ts'
import { Connector } from './network/connector.ts'
import type { ConnectionUrls } from './sql/run-sql.ts'
import type { SqlGuard } from './sql/sql-guard.ts'

type Log = {
  error: (context: object, message: string) => void
  warn: (context: object, message: string) => void
  info: (context: object, message: string) => void
}
export type RuntimesApp = {
  db: Db
  sql: SqlGuard
  log: Log
  now: () => number
  config: { file_roots: FileRoot[]; secrets: Record<string, string>; docker_host: string }
}

/** The walls and what runs tools behind them. Nothing is started before a call needs it. */
export type OpenRuntimes = { runtimes: Runtimes & { mcp: McpRuntimes; code: CodeThreads }; connector: Connector; close: () => Promise<void> }

export function openRuntimes(app: RuntimesApp, connections: ConnectionUrls, onOffer: OnOffer, onSecret: OnSecret): OpenRuntimes {
  const { config, log, sql } = app
  const connector = new Connector()
  const files = openFileRoots(config.file_roots)
  const capabilities = openCapabilities({ connector, files, sql, connections, store: openHookStore(app), secrets: config.secrets, onSecret, log })
  const onDefect = (tool: string, failure: object) => log.error({ tool, ...failure }, `tool ${tool} failed in an unforeseen way`)
  const runtimes = {
    embedded: new EmbeddedPool({ onDefect, capabilities }),
    http: {
      call: (call, runtime) => callHttp(connector, call, runtime),
      preview: previewHttp,
      close: () => Promise.resolve(),
    },
    code: openCodeRuntime({ capabilities, log }),
    mcp: openMcpRuntime({ connector, onOffer }),
    container: openContainerRuntime({ docker_host: config.docker_host, log }),
  } satisfies Runtimes
  const close = async () => {
    await Promise.all(Object.values(runtimes).map((runtime) => runtime.close()))
    await connector.close()
  }
  return { runtimes, connector, close }
}
