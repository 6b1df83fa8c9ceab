import type { Agent } from '@cadre/contract/agents'
import type { RunEvent } from '@cadre/contract/run-events'
import type { Run } from '@cadre/contract/runs'
import { api, startCadre, temporaryFolder } from './lib/server-process.ts'
import { serverSentEvents } from './lib/sse.ts'

// `npm run demo`: the main job from nothing. A server on an empty data folder, an agent created over HTTP, the CSV request of
// the specification, each step as it happens, then output and metrics.

const agentDefinition = {
  name: 'data-cleanup-agent',
  description: 'Cleans CSV data, normalizes dates, calculates summaries',
  provider: 'builtin',
  model: 'planner',
  system_prompt:
    'You are a data processing assistant. Use the available tools to clean, transform, and analyze data. Be precise with date formats (use ISO 8601) and number formatting.',
  tools: ['data-transform', 'date-utils', 'formula-engine', 'json-utils'],
  is_public: false,
}
const request = {
  input: 'Clean this CSV: fix the date formats to ISO, calculate the total amount per region, and return as JSON',
  data: { csv: 'name,date,amount,region\nJohn,1/15/24,1500,West\nJane,2024-02-20,2000,East\nBob,March 5 2024,1200,West' },
}

const folder = temporaryFolder('demo')
try {
  await demo()
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  folder.remove()
}

async function demo() {
  const start = performance.now()
  const server = await startCadre(folder.path)
  try {
    await scene(server.url, performance.now() - start)
  } catch (error) {
    await server.stop()
    throw error
  }
  const code = await server.stop()
  if (code !== 0) throw new Error(code === null ? 'the server did not stop at SIGTERM and was killed' : `the server ended with exit code ${code}`)
}

async function scene(url: string, readyAfter: number) {
  console.log(`Server     ${url} on an empty data folder, ready in ${seconds(readyAfter)}`)
  const agent = await api<Agent>(url, 'POST', '/agents', agentDefinition)
  console.log(`Agent      ${agent.slug} (${agent.provider}/${agent.model}), tools ${agent.tools.join(', ')}`)
  console.log(`Request    ${request.input}\n\n${indented(request.data.csv)}\n`)

  const runId = await follow(url, agent.slug)
  const run = await api<Run>(url, 'GET', `/runs/${runId}`)
  if (run.status !== 'completed') throw new Error(`the run ended as ${run.status}: ${run.error?.message ?? 'no reason was given'}`)

  const { total_steps, tokens_input, tokens_output, duration_ms } = run.metrics
  console.log(`\nOutput\n${JSON.stringify(run.output, null, 2)}\n`)
  console.log(`Metrics    ${total_steps} steps, ${tokens_input} tokens in, ${tokens_output} tokens out, ${duration_ms} ms (${run.run_id})`)
  console.log(
    '\nThe steps were chosen by builtin/planner: a small rule-based planner that works offline. It is not a language model; it reads the tools,\n' +
      'the data and the words of the request. For open-ended work give the agent a real model (README.md, Models).',
  )
}

/** Prints each step of a streamed run as it happens; gives the run's id. */
async function follow(url: string, slug: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/agents/${slug}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ ...request, stream: true }),
  })
  if (!response.ok) throw new Error(`the run was refused with ${response.status}: ${await response.text()}`)

  const started = new Map<number, string>()
  for await (const event of serverSentEvents<RunEvent>(response)) {
    if (event.type === 'tool.started') started.set(event.step, `${event.tool.padEnd(15)} ${event.action.padEnd(16)}`)
    if (event.type === 'tool.completed') {
      const result = event.error ? `error: ${event.error}` : short(event.output)
      console.log(`Step ${String(event.step).padEnd(5)} ${started.get(event.step)} ${`${Math.round(event.duration_ms)} ms`.padStart(7)}  ${result}`)
    }
    if (event.type === 'run.warning') console.log(`Warning    ${event.message}`)
  }
  const location = response.headers.get('location') ?? response.headers.get('content-location')
  const runId = location?.split('/').at(-1) ?? (await api<{ items: Run[] }>(url, 'GET', `/agents/${slug}/runs?limit=1`)).items[0]?.run_id
  if (!runId) throw new Error('the stream ended, but there is no run')
  return runId
}

function short(value: unknown) {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 90 ? `${text.slice(0, 89)}…` : text
}

function indented(text: string) {
  return text.replace(/^/gm, '    ')
}

function seconds(ms: number) {
  return `${(ms / 1000).toFixed(2)} s`
}
