import { findData } from './find-data.ts'
import { splitClauses, type Clause } from './parse/clauses.ts'
import { withoutTable, withTable } from './parse/interpret.ts'
import { inEnglish } from './parse/portuguese.ts'
import type { Scene } from './parse/scene.ts'
import { hasTables, loadTables } from './steps/load.ts'
import { aggregate } from './steps/figures.ts'
import { caveat, newState, type State } from './steps/state.ts'
import { columnsOf } from './columns.ts'
import { together, type Toolbox } from './toolbox.ts'
import { fillInput, isPlanned, LIKELY, matchTool, namedTool, SURE, toolVerbs } from './unknown-tools.ts'
import type { Reading } from './types.ts'
import { runSteps, withGroups } from './run-steps.ts'

/** Derives the whole plan from the prompt and goes as far as the tools have answered; throws `Pending` for what to call next. */
export function runPlan(reading: Reading, box: Toolbox): State {
  const { text, sources } = findData(reading.instruction, reading.data)
  const state = newState(reading, box, sources)
  const english = inEnglish(text)
  // Pieces that change nothing wait here, to be asked for in one turn.
  const queue: (() => void)[] = []
  const flush = () => together(queue.splice(0))
  const verbs = toolVerbs(box.offered)
  let clauses = splitClauses(english, [], verbs)
  if (clauses.some((clause) => needsTable(clause, state)) && hasTables(sources)) {
    loadTables(state)
    clauses = splitClauses(
      english,
      state.tables.flatMap((table) => table.columns.map((column) => column.name)),
      verbs,
    )
  }
  const all = clauses.filter((clause, at) => !isHeading(clause, clauses[at + 1], state))
  const asked = all.slice(0, MOST_CLAUSES)
  state.unread.push(...all.slice(MOST_CLAUSES).map((clause) => clause.text))
  for (const [at, clause] of asked.entries()) {
    if (state.stopped) {
      state.problems.push(
        `Because of that I did not go on with: ${asked
          .slice(at)
          .map((item) => item.text)
          .join('; ')}.`,
      )
      break
    }
    if (queue.length > 0 && FOLLOWS.test(clause.text)) flush()
    runClause(clause, state, queue, flush)
  }
  flush()
  // Grouped, and nothing asked of the groups: how many rows each has.
  if (state.groupBy.length > 0 && !state.groupsUsed && !state.stopped && state.at)
    aggregate({ type: 'aggregate', by: state.groupBy, aggregates: [{ op: 'count', field: null }] }, state.at, state, '')
  return state
}

/** A piece of text longer than this is no request, and more requests than this no instruction. */
const LONGEST = 1500
const MOST_CLAUSES = 40

/** Requests that may be about the groups or figures just asked for. */
const FOLLOWS =
  /^(?:sort|order|rank|arrange|keep|filter|only|show|return|give|list|limit|take|top|the top|bottom|multiply|divide|increase|decrease|add|subtract|export|convert|write|output|which|what)\b|\b(?:result|it|them|those|that|they|each)\b/i

function needsTable(clause: Clause, state: State): boolean {
  return !namedTool(clause.text, state.box.offered) && !withoutTable(clause.text, sceneOf(state)) && !sureTool(clause.text, state)
}

/** "Clean this CSV: fix the dates, ..." only announces what follows. */
function isHeading(clause: Clause, next: Clause | undefined, state: State): boolean {
  return clause.heading && next !== undefined && !namedTool(clause.text, state.box.offered)
}

function sureTool(text: string, state: State) {
  const unknown = state.box.offered.filter((tool) => !isPlanned(tool))
  return unknown.length > 0 ? matchTool(text, unknown, SURE) : undefined
}

function sceneOf(state: State): Scene {
  const { at, group } = state
  return {
    columns: at?.columns ?? [],
    rows: at?.rows ?? [],
    tables: state.tables,
    grouped: group ? { columns: columnsOf(group.rows), rows: group.rows, values: group.values } : undefined,
    focus: at?.columns.some((column) => column.name === state.focus) ? state.focus : undefined,
    groupColumns: group?.by ?? [],
    sorted: state.sorted,
    assume: (text) => caveat(state, text),
  }
}

function runClause(clause: Clause, state: State, queue: (() => void)[], flush: () => void) {
  const { text } = clause
  if (/^(?:do not|don't|never|avoid|no need to|there is no need)\b/i.test(text)) return
  const named = namedTool(text, state.box.offered)
  if (named && 'unknown' in named) {
    state.problems.push(`There is no tool "${named.unknown}" here. ${toolsSentence(state)}`)
    return
  }
  const sure = named?.tool ?? sureTool(text, state)
  if (sure) {
    flush()
    callTool(sure.name, named?.rest ?? text, state)
    return
  }
  const scene = sceneOf(state)
  const steps = withoutTable(text, scene) ?? (state.at || state.sources.length > 0 ? withTable(text, scene) : undefined)
  if (steps) {
    runSteps(withGroups(steps, state), text, state, queue, flush)
    return
  }
  const likely = matchTool(
    text,
    state.box.offered.filter((tool) => !isPlanned(tool)),
    LIKELY,
  )
  if (likely) {
    flush()
    callTool(likely.name, text, state)
    return
  }
  if (state.tables.length > 0 || text.length > LONGEST || withTable(text, { ...scene, columns: [] }) === undefined) state.unread.push(text)
  else if (state.problems.length === 0) state.problems.push(`For "${text}" I found no data in the message.`)
}

export function toolsSentence(state: State): string {
  const names = state.box.offered.map((tool) => tool.name)
  return names.length > 0
    ? `The tools of this agent are ${names.slice(0, 40).join(', ')}${names.length > 40 ? ', ...' : ''}.`
    : 'This agent has no tools.'
}

function callTool(name: string, text: string, state: State) {
  const tool = state.box.find(name)
  if (!tool) return
  const wantsRows = JSON.stringify(tool.schema).includes('"array"')
  if (wantsRows && hasTables(state.sources)) loadTables(state)
  const earlier = state.facts.flatMap((fact) => ('value' in fact ? [fact.value] : []))
  const filled = fillInput(tool, { text, data: state.reading.data, earlier, rows: state.at?.rows })
  if ('missing' in filled) {
    state.problems.push(
      `To call ${name} I need ${filled.missing.join(', ')}: please state ${filled.missing.length === 1 ? 'it' : 'them'}, for example "${filled.missing[0]} = ...".`,
    )
    return
  }
  const outcome = state.box.call(name, filled.input)
  if (!outcome.ok) {
    state.problems.push(`${name} failed: ${outcome.error}`)
    // What follows may build on the answer that did not come.
    state.stopped = true
    return
  }
  state.facts.push(
    outcome.value !== null && typeof outcome.value === 'object'
      ? { type: 'value', key: name.split('__').at(-1) ?? name, value: outcome.value, title: `${name} answered` }
      : { type: 'figure', key: name.split('__').at(-1) ?? name, value: outcome.value, sentence: `${name} answered: ${String(outcome.value)}` },
  )
}
