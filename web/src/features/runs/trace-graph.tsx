import { type BuiltInEdge, Handle, type Node, type NodeProps, Position, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
// oxlint-disable-next-line import/no-unassigned-import -- styles that come with this part of the pages, and not with the first
import '@xyflow/react/dist/base.css'
import clsx from 'clsx'
import { Brain, Maximize, Minus, Network, Plus, ShieldCheck, type LucideIcon } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import type { Format } from '../../i18n/format.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { type TraceTexts, useTraceTexts } from '../../i18n/trace-texts.ts'
import { Button } from '../../ui/button.tsx'
import { StepIcon } from './run-status.tsx'
import { stepName } from './step-name.ts'
import { graphOf, type GraphNode, nodeHeight, nodeWidth, showsRow } from './trace-graph-nodes.ts'
import type { TraceRow } from './trace-rows.ts'

/** Drawn at once: more can be looked at in neither sense. */
const shownRows = 300

/** Words are read down to this. */
const leastZoom = 0.75

type Props = { rows: TraceRow[]; chosen: string | null; onChoose: (row: string) => void }

/** A trace as a graph: what followed from what. Of a long one a part, and the way to the others. */
export function TraceGraph({ rows, chosen, onChoose }: Props) {
  const texts = useTraceTexts()
  const format = useFormat()
  const at = rows.findIndex(({ id }) => id === chosen)
  const parts = Math.ceil(rows.length / shownRows)
  const part = Math.max(0, Math.floor(at / shownRows))
  const shown = useMemo(() => rows.slice(part * shownRows, (part + 1) * shownRows), [rows, part])
  const go = (part: number) => onChoose(rows[part * shownRows]?.id ?? '')
  return (
    <div>
      {parts > 1 && (
        <div className="flex flex-wrap items-center gap-2 px-4 pt-2 text-xs text-muted">
          <span>{texts.part(format.number(part * shownRows + 1), format.number(part * shownRows + shown.length), format.number(rows.length))}</span>
          <Button size="small" disabled={part === 0} onClick={() => go(part - 1)}>
            {texts.earlier}
          </Button>
          <Button size="small" disabled={part === parts - 1} onClick={() => go(part + 1)}>
            {texts.later}
          </Button>
        </div>
      )}
      <ReactFlowProvider key={part}>
        <Drawn rows={shown} chosen={chosen} onChoose={onChoose} />
      </ReactFlowProvider>
    </div>
  )
}

type NodeData = { node: GraphNode; isChosen: boolean; isStop: boolean; onChoose: (row: string) => void }
type FlowNode = Node<NodeData, 'step'>

const nodeTypes = { step: StepNode }

function Drawn({ rows, chosen, onChoose }: Props) {
  const texts = useTraceTexts()
  const flow = useReactFlow()
  const box = useRef<HTMLDivElement>(null)
  const [across] = useState(() => (innerWidth < 640 ? 2 : 3))
  const graph = useMemo(() => graphOf(rows, across), [rows, across])
  const at = chosen === null ? -1 : graph.nodes.findIndex((node) => showsRow(node, chosen))
  const nodes = useMemo(
    () =>
      graph.nodes.map((node, place): FlowNode => {
        const isChosen = chosen !== null && showsRow(node, chosen)
        const data = { node, isChosen, isStop: place === Math.max(0, at), onChoose }
        return { id: node.id, type: 'step', position: { x: node.x, y: node.y }, width: nodeWidth, height: nodeHeight, data }
      }),
    [graph, chosen, at, onChoose],
  )
  const edges = useMemo(
    () => graph.edges.map((edge): BuiltInEdge => ({ ...edge, type: 'smoothstep', pathOptions: { offset: 12, borderRadius: 6 } })),
    [graph],
  )

  /** As wide as the room, where that can be read; the beginning of it, or the chosen one. */
  const begin = () => {
    const { clientWidth = 0, clientHeight = 0 } = box.current ?? {}
    const zoom = Math.min(1, Math.max(leastZoom, (clientWidth - 32) / graph.width))
    const chosenNode = graph.nodes[at]
    const y = chosenNode ? clientHeight / 2 - (chosenNode.y + nodeHeight / 2) * zoom : 20
    void flow.setViewport({ x: clientWidth / 2, y: Math.min(20, y), zoom })
  }
  const move = (event: KeyboardEvent) => {
    const { node: focused } = (event.target as HTMLElement).dataset
    if (focused === undefined) return
    const from = graph.nodes.findIndex(({ id }) => id === focused)
    const last = graph.nodes.length - 1
    const moves: Record<string, number> = { ArrowDown: from + 1, ArrowRight: from + 1, ArrowUp: from - 1, ArrowLeft: from - 1, Home: 0, End: last }
    const wanted = moves[event.key]
    const next = wanted === undefined ? undefined : graph.nodes[Math.max(0, Math.min(last, wanted))]
    if (!next) return
    event.preventDefault()
    onChoose(next.row.id)
    box.current?.querySelector<HTMLElement>(`[data-node="${next.id}"]`)?.focus({ preventScroll: true })
    void flow.setCenter(next.x + nodeWidth / 2, next.y + nodeHeight / 2, { zoom: flow.getZoom() })
  }
  return (
    <>
      <div className="flex items-center justify-between gap-3 px-4 pt-2">
        <p className="text-xs text-muted">{texts.graphText}</p>
        <span className="flex shrink-0 gap-1">
          <Tool icon={Plus} label={texts.zoomIn} onClick={() => void flow.zoomIn()} />
          <Tool icon={Minus} label={texts.zoomOut} onClick={() => void flow.zoomOut()} />
          <Tool icon={Maximize} label={texts.fit} onClick={() => void flow.fitView({ padding: 0.05, maxZoom: 1 })} />
        </span>
      </div>
      <div
        ref={box}
        className="h-[28rem] [--xy-edge-stroke:var(--field-line)] [--xy-attribution-background-color:var(--surface)] [&_a]:text-muted!"
        role="group"
        aria-label={texts.graph}
        onKeyDown={move}
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          onInit={begin}
          minZoom={0.1}
          maxZoom={2}
          // The page scrolls under the wheel; two fingers, or the buttons, go closer.
          zoomOnScroll={false}
          preventScrolling={false}
          zoomOnDoubleClick={false}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomActivationKeyCode={null}
        />
      </div>
    </>
  )
}

function Tool({ icon: Icon, label, onClick }: { icon: LucideIcon; label: string; onClick: () => void }) {
  return (
    <Button size="smallIcon" aria-label={label} title={label} onClick={onClick}>
      <Icon aria-hidden />
    </Button>
  )
}

/** One stop for Tab, the chosen one or the first; arrow keys go on from there. */
function StepNode({ data: { node, isChosen, isStop, onChoose } }: NodeProps<FlowNode>) {
  const texts = useTraceTexts()
  const common = useTexts()
  const format = useFormat()
  const { icon, name, facts, count = 1 } = shownOf(node, texts, common, format)
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className="invisible min-h-0! min-w-0!" />
      <button
        type="button"
        data-node={node.id}
        title={`${name} ${facts}`}
        tabIndex={isStop ? 0 : -1}
        aria-pressed={isChosen}
        onClick={() => onChoose(node.row.id)}
        className={clsx(
          'nopan pointer-events-auto flex h-14 w-47 cursor-pointer flex-col justify-center rounded-md border border-l-4 px-2.5 text-left',
          colourOf(node),
          isChosen ? 'bg-accent-soft outline-2 outline-accent' : 'bg-surface hover:bg-sunken',
        )}
      >
        <span className="flex w-full min-w-0 items-center gap-1.5 text-xs">
          {icon}
          <span className={clsx('truncate', node.kind === 'tool' && 'font-mono')}>{name}</span>
          {count > 1 && <span className="shrink-0 text-xs font-medium">{texts.times(format.number(count))}</span>}
        </span>
        <span className="w-full truncate text-xs tabular-nums text-muted">{facts}</span>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} className="invisible min-h-0! min-w-0!" />
    </>
  )
}

function colourOf(node: GraphNode): string {
  if (node.kind === 'approval') return node.status === 'approved' ? 'border-line border-l-success' : 'border-line border-l-warning'
  if (node.kind === 'run') return 'border-dashed border-line border-l-accent'
  if (node.kind === 'call') return node.row.failed ? 'border-line border-l-danger' : 'border-line border-l-accent'
  const { status } = node.row.step
  if (status === 'failed') return 'border-line border-l-danger'
  if (status === 'completed') return 'border-line border-l-success'
  return status === 'running' ? 'border-line border-l-info' : 'border-line border-l-warning'
}

type Shown = { icon: ReactNode; name: string; facts: string; count?: number }

function shownOf(node: GraphNode, texts: TraceTexts, common: ReturnType<typeof useTexts>, format: Format): Shown {
  const small = 'size-3.5 shrink-0 text-muted'
  if (node.kind === 'call') {
    const { row } = node
    const icon = <Brain className={clsx(small, row.kind === 'asking' && 'animate-pulse text-info')} aria-hidden />
    if (row.kind === 'asking') return { icon, name: common.again.asking(format.number(row.call)), facts: common.stepStatus.running }
    const { tokens_input, tokens_output, duration_ms, call, taken_over } = row.call
    const tokens = tokens_input + tokens_output
    const facts = taken_over ? common.again.takenOver : `${format.duration(duration_ms)} · ${common.counts.tokens(tokens, format.short(tokens))}`
    return { icon, name: common.run.modelCall(format.number(call)), facts }
  }
  const { step } = node.row
  const name = stepName(step)
  if (node.kind === 'approval')
    return { icon: <ShieldCheck className={small} aria-hidden />, name: texts.approvalOf(name), facts: texts.approvalStatus[node.status] }
  if (node.kind === 'run') return { icon: <Network className={small} aria-hidden />, name: texts.delegated, facts: node.runId.slice(-8) }
  const time = step.status === 'running' || step.status === 'waiting' ? common.stepStatus[step.status] : format.duration(step.duration_ms)
  // The name of what was called says more than whose it is, and there is not room for both.
  const [short, whose] = name === step.tool ? [name, []] : [step.action, [step.tool]]
  return {
    icon: <StepIcon status={step.status} />,
    name: short,
    count: node.count,
    facts: [...whose, time, ...(step.error === null || node.count > 1 ? [] : [step.error])].join(' · '),
  }
}
