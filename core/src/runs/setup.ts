import { createHash } from 'node:crypto'
import type { Agent, AgentConfig } from '@cadre/contract/agents'
import type { Effect, JsonSchema } from '@cadre/contract/forgehook'
import { getBlob, putBlob } from '../storage/blobs.ts'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import type { ResolvedTool } from '../tools/resolved-tool.ts'
import { schemaPrompt } from './output.ts'

/**
 * What is frozen when a run starts, so that executing it again asks the same questions: an agent that is edited meanwhile changes
 * later runs only. Runs with the same setup share one blob.
 */
export type Setup = {
  agent: string
  system: string
  tools: { name: string; description: string; effect: Effect; input: JsonSchema }[]
  provider: string
  model: string
  config: AgentConfig
  output_schema: JsonSchema | null
}

export function setupOf(agent: Agent, tools: ResolvedTool[], outputSchema: JsonSchema | null): Setup {
  return {
    agent: agent.name,
    system: outputSchema ? `${agent.system_prompt}\n\n${schemaPrompt(outputSchema)}` : agent.system_prompt,
    tools: tools.map(({ name, description, effect, input }) => ({ name, description, effect, input })),
    provider: agent.provider,
    model: agent.model,
    config: agent.config,
    output_schema: outputSchema,
  }
}

const limit = 500

/** Setups by hash. Most runs share a few, so neither their text nor their hash is made anew each time. */
export class Setups {
  readonly #byHash = new Map<string, Setup>()
  readonly #stored = new Set<string>()

  async put(trx: Trx, setup: Setup): Promise<string> {
    const text = toJson(setup)
    const hash = createHash('sha256').update(text).digest('hex')
    if (this.#stored.has(hash)) return hash
    await putBlob(trx, text)
    return hash
  }

  /** After the commit of `put`: only then may others rely on the blob. */
  committed(hash: string, setup: Setup) {
    if (this.#stored.size >= limit) this.#forget()
    this.#stored.add(hash)
    this.#byHash.set(hash, setup)
  }

  async get(db: Db['read'], hash: string): Promise<Setup> {
    const known = this.#byHash.get(hash)
    if (known) return known
    const setup = fromJson(await getBlob(db, hash)) as Setup
    this.committed(hash, setup)
    return setup
  }

  #forget() {
    this.#stored.clear()
    this.#byHash.clear()
  }
}
