export type AgentsSearch = { q?: string; view?: 'table' }

/** What the address says of the list of agents; what it says otherwise is left out. */
export function readAgentsSearch(search: Record<string, unknown>): AgentsSearch {
  return {
    q: typeof search.q === 'string' && search.q !== '' ? search.q : undefined,
    view: search.view === 'table' ? 'table' : undefined,
  }
}
