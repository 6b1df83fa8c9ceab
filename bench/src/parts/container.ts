import { openContainerRuntime } from '@cadre/core/tools/container/container-runtime'
import { findEngine, importImage } from '@cadre/core/tools/container/test/engine'
import type { ContainerRuntime, ResolvedTool } from '@cadre/core/tools/resolved-tool'
import { type Figure, median, ms } from '../report.ts'

const image = 'cadre-bench-hook'
const calls = 200
const hook = `
import { createInterface } from 'node:readline'
for await (const line of createInterface({ input: process.stdin })) {
  const { id, input } = JSON.parse(line)
  console.log(JSON.stringify({ id, output: input }))
}
`

/** What a call of a ForgeHook in a container costs: the first, which starts it, and those that find it warm. */
export async function container(): Promise<Figure[]> {
  const engine = await findEngine()
  if (!engine) return []
  await importImage(engine, image, hook)
  const runtime = openContainerRuntime({ docker_host: engine.host, log: console })
  const one = async () => {
    const began = performance.now()
    await runtime.call(
      { tool, input: { n: 1 }, workspace_id: 'default', idempotency_key: 'bench', run_id: null, now: 0, signal: new AbortController().signal },
      how,
    )
    return performance.now() - began
  }
  try {
    const cold = await one()
    const warm: number[] = []
    for (let i = 0; i < calls; i++) warm.push(await one())
    return [
      { name: 'container call, cold', value: ms(cold) },
      { name: 'container call, warm (median)', value: ms(median(warm)) },
    ]
  } finally {
    await runtime.close()
    engine.close()
  }
}

const how: ContainerRuntime = { type: 'container', image, command: ['/node', '/hook.mjs'], env: {}, cpus: 1, pids: 64 }
const tool: ResolvedTool = {
  name: 'bench__echo',
  hook_id: 'bench',
  action: 'echo',
  path: '/echo',
  description: '',
  effect: 'read',
  input: {},
  output: undefined,
  limits: { timeout_ms: 60_000, memory_mb: 256, output_bytes: 1_000_000 },
  grants: { network: [], files: [], secrets: [], databases: [], store: false },
  settings: {},
  runtime: how,
}
