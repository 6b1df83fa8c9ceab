import { registerHooks } from 'node:module'

/**
 * What VoltAgent 2.10.0 imports at its top level and only uses for features that Cadre does not (its exporters and tracers, MCP through
 * it). Left out, the import takes 80 ms and 18 MB instead of 310 ms and 45 MB (measured warm). Whoever does come to use one of these
 * meets an error that names it.
 */
const unused: Record<string, string[]> = {
  '@opentelemetry/resources': ['defaultResource', 'resourceFromAttributes'],
  '@opentelemetry/sdk-logs': ['BatchLogRecordProcessor', 'LoggerProvider', 'SimpleLogRecordProcessor'],
  '@opentelemetry/sdk-trace-node': ['NodeTracerProvider'],
  '@opentelemetry/sdk-trace-base': [
    'AlwaysOffSampler',
    'AlwaysOnSampler',
    'BasicTracerProvider',
    'BatchSpanProcessor',
    'ParentBasedSampler',
    'TraceIdRatioBasedSampler',
  ],
  '@opentelemetry/exporter-logs-otlp-http': ['OTLPLogExporter'],
  '@opentelemetry/exporter-trace-otlp-http': ['OTLPTraceExporter'],
  '@opentelemetry/otlp-transformer': ['JsonLogsSerializer', 'JsonTraceSerializer'],
  '@opentelemetry/context-async-hooks': ['AsyncHooksContextManager'],
  '@modelcontextprotocol/sdk/client/index.js': ['Client'],
  '@modelcontextprotocol/sdk/client/sse.js': ['SSEClientTransport'],
  '@modelcontextprotocol/sdk/client/stdio.js': ['StdioClientTransport', 'getDefaultEnvironment'],
  '@modelcontextprotocol/sdk/client/streamableHttp.js': ['StreamableHTTPClientTransport'],
  '@modelcontextprotocol/sdk/shared/protocol.js': ['DEFAULT_REQUEST_TIMEOUT_MSEC'],
  '@modelcontextprotocol/sdk/types.js': ['CallToolResultSchema', 'ElicitRequestSchema', 'ListResourcesResultSchema'],
}
const scheme = 'cadre-unused:'

registerHooks({
  resolve(specifier, context, next) {
    if (!Object.hasOwn(unused, specifier) || !context.parentURL?.includes('/@voltagent/core/')) return next(specifier, context)
    return { url: scheme + specifier, format: 'module', shortCircuit: true }
  },
  load(url, context, next) {
    if (!url.startsWith(scheme)) return next(url, context)
    const name = url.slice(scheme.length)
    const source = (unused[name] ?? []).map(
      (each) => `export function ${each}() { throw new Error('${name} is left out of VoltAgent (engine-voltagent-unused.ts)') }`,
    )
    return { format: 'module', source: source.join('\n'), shortCircuit: true }
  },
})
