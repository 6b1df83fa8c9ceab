import type { AgentConfig, ServerFailover } from '@cadre/contract/agent-config'

/** The agent with the server's fallbacks where it has none of its own and wants some. The offline planner cannot be out of reach. */
export function withServerFailover<A extends { provider: string; config: AgentConfig }>(agent: A, failover: ServerFailover | null): A {
  const { fallbacks, strategy } = agent.config
  if (strategy === 'single') return { ...agent, config: { ...agent.config, fallbacks: [] } }
  if (!failover || fallbacks.length > 0 || agent.provider === 'builtin') return agent
  return { ...agent, config: { ...agent.config, ...failover } }
}
