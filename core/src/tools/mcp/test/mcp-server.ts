import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

/** A server of the Model Context Protocol whose words can be changed while it runs. As a program it speaks on stdin and stdout. */
export function mcpServer(describe: () => string): Server {
  const server = new Server({ name: 'test', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } })
  const text = { type: 'object' as const, properties: { text: { type: 'string' } } }
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [
      { name: 'say.hello', description: describe(), inputSchema: text, annotations: { readOnlyHint: true } },
      { name: 'save', description: 'Keeps a text', inputSchema: text, annotations: { idempotentHint: true } },
      { name: 'send', description: 'Sends a text', inputSchema: text },
      { name: 'environment', description: 'Its environment', inputSchema: { type: 'object' as const } },
    ],
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: input = {} } }) => {
    const said = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })
    if (name === 'environment') return said(JSON.stringify(process.env))
    if (name === 'say.hello') return said(`hello ${String(input['text'])}`)
    if (name === 'save') return { ...said('kept'), structuredContent: { kept: input['text'] } }
    if (input['text'] === 'die') process.exit(1)
    if (input['text'] === 'hang') await new Promise(() => {})
    if (input['text'] === 'change') await server.sendToolListChanged()
    if (input['text'] === 'large') return said('x'.repeat(10_000))
    return { ...said('the box is full'), isError: true }
  })
  return server
}

/** The same over streamable HTTP, on loopback. */
export async function serveMcp(describe: () => string): Promise<{ url: string; host: string; seen: string[]; close: () => void }> {
  const seen: string[] = []
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const web = createServer(async (request, response) => {
    seen.push(request.headers.authorization ?? '')
    let transport = sessions.get(String(request.headers['mcp-session-id']))
    if (!transport) {
      const fresh = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => `s${sessions.size + 1}`,
        onsessioninitialized: (id) => void sessions.set(id, fresh),
      })
      await mcpServer(describe).connect(fresh as Transport)
      transport = fresh
    }
    await transport.handleRequest(request, response)
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(web.address() as AddressInfo).port}`
  const close = () => {
    web.closeAllConnections()
    web.close()
  }
  return { url: `http://${host}/mcp`, host, seen, close }
}

if (import.meta.main) {
  const file = process.env['WORDS']
  await mcpServer(() => (file === undefined ? 'Says hello' : readFileSync(file, 'utf8'))).connect(new StdioServerTransport())
}
