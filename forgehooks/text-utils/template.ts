import { HookError } from '@cadre/contract/forgehook'
import { chosen } from './names.ts'
import { htmlEscaped } from './codecs.ts'
import { applyFilter } from './template-filters.ts'
import { parseTemplate, type Node } from './template-parse.ts'

const MAX_OUTPUT = 5_000_000

type Given = { template: string; data: unknown; escape?: string; missing?: string }
type Scope = { value: unknown; index?: number; last?: boolean }
type State = { scopes: Scope[]; escape: boolean; missing: 'empty' | 'keep' | 'error'; absent: Set<string>; output: string[]; length: number }

export function template({ template: given, data, escape = 'none', missing = 'empty' }: Given) {
  const state: State = {
    scopes: [{ value: data }],
    escape: chosen(escape, ['none', 'html'], 'escape', { xml: 'html', false: 'none', true: 'html', text: 'none' }) === 'html',
    missing: chosen(missing, ['empty', 'keep', 'error'], 'missing', {
      blank: 'empty',
      refuse: 'error',
      fail: 'error',
      strict: 'error',
      leave: 'keep',
      ignore: 'empty',
    }),
    absent: new Set(),
    output: [],
    length: 0,
  }
  render(parseTemplate(given), state)
  if (state.missing === 'error' && state.absent.size > 0)
    throw new HookError(`has no value for ${[...state.absent].map((name) => JSON.stringify(name)).join(', ')}`, 'data')
  return { text: state.output.join(''), missing: [...state.absent] }
}

function render(nodes: Node[], state: State) {
  for (const node of nodes) {
    if (node.kind === 'text') write(node.text, state)
    else if (node.kind === 'value') renderValue(node, state)
    else renderSection(node, state)
  }
}

function write(text: string, state: State) {
  state.length += text.length
  if (state.length > MAX_OUTPUT) throw new HookError(`gives more than ${MAX_OUTPUT} characters`, 'template')
  state.output.push(text)
}

function renderValue(node: Extract<Node, { kind: 'value' }>, state: State) {
  let value = lookUp(node.path, state.scopes)
  for (const filter of node.filters) value = applyFilter(filter, value)
  if (value === undefined || value === null) {
    state.absent.add(node.path)
    if (state.missing === 'keep') write(node.source, state)
    return
  }
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  write(state.escape && !node.raw ? htmlEscaped(text) : text, state)
}

function renderSection(node: Extract<Node, { kind: 'section' }>, state: State) {
  const value = lookUp(node.path, state.scopes)
  const there = Array.isArray(value) ? value.length > 0 : Boolean(value)
  if (there === node.inverted) return render(node.otherwise, state)
  if (node.inverted || value === true) return render(node.body, state)
  const items = Array.isArray(value) ? value : [value]
  for (const [index, item] of items.entries()) {
    state.scopes.push(Array.isArray(value) ? { value: item, index, last: index === items.length - 1 } : { value: item })
    render(node.body, state)
    state.scopes.pop()
  }
}

/** The first part is looked for from the innermost section outwards, the others in what was found; only what an object itself has. */
function lookUp(path: string, scopes: Scope[]): unknown {
  if (path === '.') return scopes.at(-1)?.value
  if (path.startsWith('@')) return aboutItem(path, scopes)
  const [first, ...rest] = path.split('.') as [string, ...string[]]
  const scope = scopes.findLast(({ value }) => member(value, first) !== undefined)
  let value = member(scope?.value, first)
  for (const name of rest) value = member(value, name)
  return value
}

function aboutItem(path: string, scopes: Scope[]): unknown {
  const scope = scopes.findLast(({ index }) => index !== undefined)
  if (path === '@root') return scopes[0]?.value
  if (path.startsWith('@root.')) return lookUp(path.slice(6), scopes.slice(0, 1))
  if (!['@index', '@number', '@first', '@last'].includes(path))
    throw new HookError(`${path} is not known; known: @index, @number, @first, @last, @root`, 'template')
  if (scope?.index === undefined) return undefined
  return { '@index': scope.index, '@number': scope.index + 1, '@first': scope.index === 0, '@last': scope.last }[path]
}

function member(value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name) && !(Array.isArray(value) && name === 'length'))
    return (value as Record<string, unknown>)[name]
  return Array.isArray(value) && name === 'length' ? value.length : undefined
}
