import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { readAgentsSearch } from '../features/agents/agents-search.ts'
import { readRunsSearch } from '../features/runs/runs-search.ts'
import { NotFoundPage, BrokenPage } from './fallback-pages.tsx'
import { Shell } from './shell.tsx'

/** Each page is a file of its own. */
const pages = {
  home: () => import('./home-page.tsx'),
  agents: () => import('./agents-page.tsx'),
  agentEdit: () => import('./agent-edit-page.tsx'),
  agent: () => import('./agent-page.tsx'),
  runs: () => import('./runs-page.tsx'),
  run: () => import('./run-page.tsx'),
  tools: () => import('./tools-page.tsx'),
  tool: () => import('./tool-page.tsx'),
  providers: () => import('./providers-page.tsx'),
  usage: () => import('./usage-page.tsx'),
}

/** Fetches what was not needed yet, so that going somewhere waits for nothing, not even for a server that is away. */
export function fetchPages() {
  return Promise.allSettled([...Object.values(pages).map((load) => load()), import('../features/agents/agent-editor.tsx')])
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const home = createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(pages.home, 'HomePage') })
const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  validateSearch: readAgentsSearch,
  component: lazyRouteComponent(pages.agents, 'AgentsPage'),
})
const newAgent = createRoute({
  getParentRoute: () => root,
  path: '/agents/new',
  component: lazyRouteComponent(pages.agentEdit, 'NewAgentPage'),
})
const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentId',
  validateSearch: (search): { input?: string } => ({ input: text(search.input) }),
  component: lazyRouteComponent(pages.agent, 'AgentPage'),
})
const editAgent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentId/edit',
  component: lazyRouteComponent(pages.agentEdit, 'EditAgentPage'),
})
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(pages.runs, 'RunsPage'),
})
const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: (search): { row?: string } => ({ row: text(search.row) }),
  component: lazyRouteComponent(pages.run, 'RunPage'),
})
const tools = createRoute({
  getParentRoute: () => root,
  path: '/tools',
  validateSearch: (search): { q?: string } => ({ q: text(search.q) }),
  component: lazyRouteComponent(pages.tools, 'ToolsPage'),
})
const tool = createRoute({
  getParentRoute: () => root,
  path: '/tools/$pluginId',
  validateSearch: (search): { tool?: string } => ({ tool: text(search.tool) }),
  component: lazyRouteComponent(pages.tool, 'ToolPage'),
})
const providers = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyRouteComponent(pages.providers, 'ProvidersPage'),
})
const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  validateSearch: (search): { days?: number; by?: 'agent' | 'model' | 'day' } => ({
    days: [7, 30, 90].find((days) => days === search.days),
    by: (['agent', 'model', 'day'] as const).find((by) => by === search.by),
  }),
  component: lazyRouteComponent(pages.usage, 'UsagePage'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, agents, newAgent, agent, editAgent, runs, run, tools, tool, providers, usage]),
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPage,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
