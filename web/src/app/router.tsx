import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { readAgentsSearch } from '../features/agents/agents-search.ts'
import { readApprovalsSearch } from '../features/approvals/approvals-search.ts'
import { readMonitoringSearch } from '../features/monitoring/monitoring-search.ts'
import { readRunsSearch } from '../features/runs/runs-search.ts'
import { readAuditSearch } from '../features/settings/audit-search.ts'
import { type LoginFailure, loginFailure } from '../lib/login.ts'
import { NotFoundPage, BrokenPage } from './fallback-pages.tsx'
import { Root } from './root.tsx'

/** Each page is a file of its own. */
const pages = {
  home: () => import('./home-page.tsx'),
  agents: () => import('./agents-page.tsx'),
  agentEdit: () => import('./agent-edit-page.tsx'),
  agent: () => import('./agent-page.tsx'),
  runs: () => import('./runs-page.tsx'),
  run: () => import('./run-page.tsx'),
  runCompare: () => import('./run-compare-page.tsx'),
  agentVersions: () => import('./agent-versions-page.tsx'),
  conversations: () => import('./conversations-page.tsx'),
  tools: () => import('./tools-page.tsx'),
  tool: () => import('./tool-page.tsx'),
  providers: () => import('./providers-page.tsx'),
  usage: () => import('./usage-page.tsx'),
  monitoring: () => import('./monitoring-page.tsx'),
  approvals: () => import('./approvals-page.tsx'),
  settings: () => import('./settings-page.tsx'),
  login: () => import('./login-page.tsx'),
  setup: () => import('./setup-page.tsx'),
  reset: () => import('./reset-page.tsx'),
}

/** Fetches what was not needed yet, so that going somewhere waits for nothing, not even for a server that is away. */
export function fetchPages() {
  return Promise.allSettled([...Object.values(pages).map((load) => load()), import('../features/agents/agent-editor.tsx')])
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage })
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
  validateSearch: (search): { row?: string; view?: 'graph' } => ({ row: text(search.row), view: search.view === 'graph' ? 'graph' : undefined }),
  component: lazyRouteComponent(pages.run, 'RunPage'),
})
const runCompare = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId/compare/$otherId',
  component: lazyRouteComponent(pages.runCompare, 'RunComparePage'),
})
const agentVersions = createRoute({
  getParentRoute: () => root,
  path: '/agents/$agentId/versions',
  validateSearch: (search): { version?: number; beside?: number } => ({
    version: Number(search.version) || undefined,
    beside: Number(search.beside) || undefined,
  }),
  component: lazyRouteComponent(pages.agentVersions, 'AgentVersionsPage'),
})
const conversations = createRoute({
  getParentRoute: () => root,
  path: '/conversations',
  validateSearch: (search): { q?: string } => ({ q: text(search.q) }),
  component: lazyRouteComponent(pages.conversations, 'ConversationsPage'),
})
// Shown by the page above: the list beside it stays.
const conversation = createRoute({
  getParentRoute: () => conversations,
  path: '$conversationId',
  validateSearch: (search): { thread?: string; message?: number } => ({
    thread: text(search.thread),
    message: Number(search.message) || undefined,
  }),
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
const monitoring = createRoute({
  getParentRoute: () => root,
  path: '/monitoring',
  validateSearch: readMonitoringSearch,
  component: lazyRouteComponent(pages.monitoring, 'MonitoringPage'),
})

const approvals = createRoute({
  getParentRoute: () => root,
  path: '/approvals',
  validateSearch: readApprovalsSearch,
  component: lazyRouteComponent(pages.approvals, 'ApprovalsPage'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(pages.settings, 'SettingsPage'),
})
const settingsSection = createRoute({
  getParentRoute: () => root,
  path: '/settings/$section',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(pages.settings, 'SettingsPage'),
})
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { to?: string; failed?: LoginFailure } => ({ to: text(search.to), failed: loginFailure(search.failed) }),
  component: lazyRouteComponent(pages.login, 'LoginPage'),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search): { to?: string } => ({ to: text(search.to) }),
  component: lazyRouteComponent(pages.setup, 'SetupPage'),
})

const reset = createRoute({ getParentRoute: () => root, path: '/reset', component: lazyRouteComponent(pages.reset, 'ResetPage') })

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    agents,
    newAgent,
    agent,
    editAgent,
    agentVersions,
    runs,
    run,
    runCompare,
    conversations.addChildren([conversation]),
    tools,
    tool,
    providers,
    usage,
    monitoring,
    approvals,
    settings,
    settingsSection,
    login,
    setup,
    reset,
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPage,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
