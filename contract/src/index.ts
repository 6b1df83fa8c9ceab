import { agents } from './agents.ts'
import { connections } from './connections.ts'
import { plugins, tools } from './plugins.ts'
import { providers } from './providers.ts'
import { runs } from './runs.ts'
import { budgets, prices, usage } from './usage.ts'

/** Everything that can be said to Cadre. HTTP routes, typed clients and OpenAPI all follow from it. */
export const contract = { agents, runs, plugins, tools, connections, providers, usage, budgets, prices }
export type Contract = typeof contract
