import type { Step } from '@cadre/contract/runs'
import { delegatedRun } from './delegated-run.ts'
import { stepName } from './step-name.ts'
import type { TraceRow } from './trace-rows.ts'

export const nodeWidth = 188
export const nodeHeight = 56
const gapX = 20
const gapY = 36
/** More calls of one tool than that, which all ended the same way, are one node. */
const most = 3

export type GraphNode = {
  id: string
  x: number
  y: number
} & (
  | { kind: 'call'; row: Exclude<TraceRow, { kind: 'tool' }> }
  /** The first of those that are alike, and their number. */
  | { kind: 'tool'; row: Extract<TraceRow, { kind: 'tool' }>; count: number; rows: string[] }
  | { kind: 'approval'; row: Extract<TraceRow, { kind: 'tool' }>; status: NonNullable<Step['approval']>['status'] }
  | { kind: 'run'; row: Extract<TraceRow, { kind: 'tool' }>; runId: string }
)
export type GraphEdge = { id: string; source: string; target: string }
export type Graph = { nodes: GraphNode[]; edges: GraphEdge[]; width: number; height: number }

type ToolRow = Extract<TraceRow, { kind: 'tool' }>
type Group = { row: ToolRow; rows: ToolRow[] }

/** Which node shows a row of the trace: what is done for a step stands in nodes beside its own. */
export const showsRow = (node: GraphNode, rowId: string) => (node.kind === 'tool' ? node.rows.includes(rowId) : node.row.id === rowId)

/**
 * What followed from what, from top to bottom: a model call, the tool calls that it asked for side by side, and the next model call, which saw what
 * they brought. An approval stands before its call, the run of another agent behind it.
 * @param across so many tool calls of one model call stand beside each other, the others below.
 */
export function graphOf(rows: TraceRow[], across: number): Graph {
  const nodes: GraphNode[] = []
  const edges: GraphEdge[] = []
  const link = (from: string[], to: string) => from.forEach((source) => edges.push({ id: `${source}>${to}`, source, target: to }))
  /** What the next model call follows from. */
  let before: string[] = []
  let y = 0
  let widest = 1
  for (let at = 0; at < rows.length;) {
    const row = rows[at]
    if (!row) break
    let from: string[] = []
    let call: string | null = null
    if (row.kind !== 'tool') {
      call = row.id
      nodes.push({ id: row.id, kind: 'call', row, x: -nodeWidth / 2, y })
      link(before, row.id)
      y += nodeHeight + gapY
      at++
    }
    const tools: ToolRow[] = []
    for (let next = rows[at]; next?.kind === 'tool'; next = rows[++at]) tools.push(next)
    const groups = grouped(tools)
    for (let first = 0; first < groups.length; first += across) {
      const beside = groups.slice(first, first + across)
      widest = Math.max(widest, beside.length)
      const asks = beside.some(({ row }) => row.step.approval) ? 1 : 0
      const hands = beside.some(({ row }) => delegatedRun(row.step)) ? 1 : 0
      for (const [column, group] of beside.entries()) {
        const x = (column - beside.length / 2) * (nodeWidth + gapX) + gapX / 2
        const chain = chainOf(group)
        for (const [place, node] of chain.entries()) {
          // The calls themselves stand in one line.
          const line = node.kind === 'approval' ? 0 : node.kind === 'tool' ? asks : asks + 1
          nodes.push({ ...node, x, y: y + line * (nodeHeight + gapY) } as GraphNode)
          link(place > 0 ? [chain[place - 1]?.id ?? ''] : call === null ? before : [call], node.id)
        }
        from = [...from, chain.at(-1)?.id ?? '']
      }
      y += (1 + asks + hands) * (nodeHeight + gapY)
    }
    before = from.length > 0 ? from : call === null ? before : [call]
  }
  return { nodes, edges, width: widest * (nodeWidth + gapX) - gapX, height: Math.max(0, y - gapY) }
}

type Unplaced = GraphNode extends infer N ? (N extends GraphNode ? Omit<N, 'x' | 'y'> : never) : never

function chainOf({ row, rows }: Group): Unplaced[] {
  const runId = rows.length === 1 ? delegatedRun(row.step) : null
  return [
    ...(row.step.approval ? [{ id: `approval-${row.step.step}`, kind: 'approval' as const, row, status: row.step.approval.status }] : []),
    { id: row.id, kind: 'tool', row, count: rows.length, rows: rows.map(({ id }) => id) },
    ...(runId === null ? [] : [{ id: `run-${row.step.step}`, kind: 'run' as const, row, runId }]),
  ]
}

/** Calls of the same tool that ended the same way, where they are many; those that have more to show than that stay alone. */
function grouped(tools: ToolRow[]): Group[] {
  const alike = Map.groupBy(tools, ({ id, step }) => (step.approval || delegatedRun(step) !== null ? id : `${step.status} ${stepName(step)}`))
  const seen = new Set<ToolRow[]>()
  return tools.flatMap((row) => {
    const { step } = row
    const same = alike.get(step.approval || delegatedRun(step) !== null ? row.id : `${step.status} ${stepName(step)}`) ?? [row]
    if (same.length <= most) return [{ row, rows: [row] }]
    if (seen.has(same)) return []
    seen.add(same)
    return [{ row, rows: same }]
  })
}
