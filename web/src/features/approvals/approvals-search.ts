export const approvalViews = ['waiting', 'decided', 'rules'] as const
export type ApprovalsSearch = { view?: (typeof approvalViews)[number]; run?: string }

export function readApprovalsSearch(search: Record<string, unknown>): ApprovalsSearch {
  return {
    view: approvalViews.find((view) => view === search.view),
    run: typeof search.run === 'string' && search.run !== '' ? search.run : undefined,
  }
}
