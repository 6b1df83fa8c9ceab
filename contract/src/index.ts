import { agents } from './agents.ts'
import { plugins, tools } from './plugins.ts'
import { providers } from './providers.ts'
import { runs } from './runs.ts'

/** Everything that can be said to Cadre. HTTP routes, typed clients and OpenAPI all follow from it. */
export const contract = { agents, runs, plugins, tools, providers }
export type Contract = typeof contract
