import { join } from 'node:path'
import { freePort } from '@cadre/core/test/free-port'
import { api, type ServerProcess, startCadre, startProgram } from '../../scripts/lib/server-process.ts'

/** The one job that everything here is measured with: the model asks for one tool call, gets its result, and answers with text. */
export const systemPrompt = 'You are an assistant that calculates. Use the tool, then answer in one sentence.'
export const body = JSON.stringify({ input: 'What is 1234.5 * 2 + 17?' })

/** Ways to do it: the model at once, 300 ms later, text only, or with the tool behind HTTP. */
export const variants = { plain: '', slow: '/d300', text: '/text', hook: '/hook' } as const
export type Variant = keyof typeof variants

/** Where the job is done: `path` of `url` gets the body by POST. */
export type Target = { server: ServerProcess; path(variant: Variant): string }

export async function startDouble(): Promise<ServerProcess> {
  return startOn('model-double.ts', {})
}

export async function startFloor(double: ServerProcess): Promise<Target> {
  const server = await startOn('floor.ts', { DOUBLE_URL: double.url })
  return { server, path: (variant) => `${variants[variant]}/run` }
}

async function startOn(file: string, extra: NodeJS.ProcessEnv) {
  const port = await freePort()
  const env = { ...process.env, NODE_ENV: 'production', PORT: String(port), ...extra }
  return startProgram(join(import.meta.dirname, file), { env, url: `http://127.0.0.1:${port}`, ready: '/readyz' })
}

/** The real server on this folder, with an agent for each variant. */
export async function startCadreWithAgents(folder: string, double: ServerProcess): Promise<Target> {
  const target = { server: await startCadre(folder), path: (variant: Variant) => `/api/v1/agents/bench-${variant}/run` }
  const { url } = target.server
  const host = new URL(double.url).host
  await api(url, 'POST', '/plugins', {
    id: 'calculator-http',
    name: 'Calculator over HTTP',
    version: '1.0.0',
    runtime: { type: 'http', base_url: `${double.url}/hook` },
    endpoints: [{ path: '/calculate', description: 'Evaluates an arithmetic expression', effect: 'keyed', input: { type: 'object' } }],
    permissions: { network: [host] },
  })
  for (const [variant, prefix] of Object.entries(variants)) {
    const base_url = `${double.url}${variant === 'hook' ? '' : prefix}/v1`
    await api(url, 'POST', '/providers', { id: `double-${variant}`, type: 'custom', base_url, api_key: 'none' })
    await api(url, 'POST', '/agents', {
      name: `bench-${variant}`,
      provider: `double-${variant}`,
      model: 'double',
      system_prompt: systemPrompt,
      tools: [variant === 'hook' ? 'calculator-http__calculate' : 'calculator__calculate'],
    })
  }
  return target
}
