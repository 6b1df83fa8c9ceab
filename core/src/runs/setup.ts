import { hash } from 'node:crypto'
import { AgentConfig } from '@cadre/contract/agent-config'
import type { Agent } from '@cadre/contract/agents'
import type { DataLabel, Effect, JsonSchema } from '@cadre/contract/manifest'
import type { AgentTool } from '../plugins/data-labels.ts'
import { getBlob, putBlob } from '../storage/blobs.ts'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import type { Delegate } from './delegates-of.ts'
import { readResultTool } from './context/read-result.ts'
import { schemaPrompt } from './output.ts'
import { withSearch } from './tool-search.ts'

/** What decides about approvals is there where it is not the usual: most tools ask nobody, read nothing of note and send nothing. */
export type FrozenTool = {
  name: string
  description: string
  effect: Effect
  input: JsonSchema
  approval?: 'always'
  reads?: DataLabel[]
  leaves_machine?: true
}

/**
 * What is frozen when a run starts, so that executing it again asks the same questions: an agent that is edited meanwhile changes
 * later runs only. Runs with the same setup share one blob.
 */
export type Setup = {
  agent: string
  system: string
  tools: FrozenTool[]
  provider: string
  model: string
  config: AgentConfig
  output_schema: JsonSchema | null
  delegates: Delegate[]
}

type Sub = { delegates: Delegate[]; tools: Setup['tools'] }

function setupOf(agent: Agent, tools: AgentTool[], sub: Sub, outputSchema: JsonSchema | null): Setup {
  return {
    agent: agent.name,
    system: outputSchema ? `${agent.effective_system_prompt}\n\n${schemaPrompt(outputSchema)}` : agent.effective_system_prompt,
    tools: withReading(withSearch([...tools.map(frozenTool), ...sub.tools])),
    provider: agent.provider,
    model: agent.model,
    config: agent.config,
    output_schema: outputSchema,
    delegates: sub.delegates,
  }
}

function frozenTool({ name, description, effect, input, approval, reads, leaves_machine }: AgentTool): FrozenTool {
  return {
    name,
    description,
    effect,
    input,
    ...(approval === 'always' ? { approval } : {}),
    ...(reads.length > 0 ? { reads } : {}),
    ...(leaves_machine ? { leaves_machine } : {}),
  }
}

/** A model can read on in results that were too large to be shown; without tools there are none. */
function withReading(tools: Setup['tools']): Setup['tools'] {
  return tools.length === 0 ? tools : [...tools, readResultTool]
}

/** A setup with its text and that text's SHA-256, under which it is stored. */
export type Frozen = { setup: Setup; text: string; hash: string }

const limit = 500

/** Setups of this process. Most runs share a few, so neither text nor hash is made anew each time, and no blob is stored twice. */
export class Setups {
  readonly #byHash = new Map<string, Setup>()
  readonly #stored = new Set<string>()
  /** The last one of each agent, good while the agent, its tools and what an agent above allows it are the same. */
  readonly #ofAgent = new Map<string, Frozen & { updated_at: string; config: string; tools: AgentTool[] }>()

  freeze(agent: Agent, tools: AgentTool[], sub: Sub, outputSchema: JsonSchema | undefined): Frozen {
    // Agents that it may hand work to change by themselves.
    if (outputSchema || sub.delegates.length > 0) return freezeSetup(setupOf(agent, tools, sub, outputSchema ?? agent.output_schema))
    const last = this.#ofAgent.get(agent.id)
    const config = toJson(agent.config)
    if (
      last?.updated_at === agent.updated_at &&
      last.config === config &&
      last.tools.length === tools.length &&
      last.tools.every((tool, i) => tool === tools[i])
    )
      return last
    const next = { ...freezeSetup(setupOf(agent, tools, sub, agent.output_schema)), updated_at: agent.updated_at, config, tools }
    this.#makeRoom()
    this.#ofAgent.set(agent.id, next)
    return next
  }

  async put(trx: Trx, { hash, text }: Frozen) {
    if (!this.#stored.has(hash)) await putBlob(trx, text)
  }

  /** After the commit of `put`: only then may others rely on the blob. */
  committed({ hash, setup }: Pick<Frozen, 'hash' | 'setup'>) {
    this.#makeRoom()
    this.#stored.add(hash)
    this.#byHash.set(hash, setup)
  }

  async get(db: Db['read'], hash: string): Promise<Setup> {
    const known = this.#byHash.get(hash)
    if (known) return known
    const stored = fromJson(await getBlob(db, hash)) as Setup
    // A run that began under an older version lacks the settings that came since.
    const setup = { ...stored, delegates: stored.delegates ?? [], config: AgentConfig.parse(stored.config) }
    this.committed({ hash, setup })
    return setup
  }

  #makeRoom() {
    if (this.#stored.size < limit && this.#ofAgent.size < limit) return
    this.#stored.clear()
    this.#byHash.clear()
    this.#ofAgent.clear()
  }
}

export function freezeSetup(setup: Setup): Frozen {
  const text = toJson(setup)
  return { setup, text, hash: hash('sha256', text) }
}
