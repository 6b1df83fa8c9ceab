import { fieldIn } from '../columns.ts'
import { plain } from '../words.ts'
import { field, onTable, problem, type Rule, type Scene } from './scene.ts'

/** "join customers with orders on id". */
export const join: Rule = (text, scene) => {
  if (!/\b(?:join|merge|combine|match|link|enrich)\b/i.test(text) || scene.tables.length < 2) return undefined
  const named = scene.tables
    .map((table) => ({
      table,
      at: plain(text).search(
        new RegExp(
          `\\b${plain(table.name)
            .replace(/[^\p{L}\p{N}]+/gu, '\\W*')
            .replace(/s$/, '')}s?\\b`,
          'u',
        ),
      ),
    }))
    .filter((item) => item.at >= 0)
    .sort((a, b) => a.at - b.at)
  const left = named[0]?.table ?? scene.tables[0]
  const right = named[1]?.table ?? scene.tables.find((table) => table !== left)
  if (!left || !right) return undefined
  const kind = /\bleft\b/i.test(text) ? 'left' : /\bright\b/i.test(text) ? 'right' : /\b(?:full|outer)\b/i.test(text) ? 'full' : 'inner'
  const quiet = (table: { columns: Scene['columns'] }) => ({ columns: table.columns, assume: () => {} })
  const on = /\b(?:on|using|by|where|via|matching|through)\s+(?:the\s+)?(.+)$/i.exec(text)?.[1]?.replace(/\bin\s+\w+$/i, '')
  const parts = (on ?? '').split(/\s*(?:==?|\bequals\b|\bto\b|\bwith\b|\bmatches\b|\band\b)\s*/i).map((part) =>
    part
      .replace(/^\w+\.(?=\w)/, '')
      .replace(/\b(?:columns?|fields?|same|common)\b/gi, '')
      .trim(),
  )
  const exact = (table: { columns: Scene['columns'] }, said: string) => table.columns.find((column) => plain(column.name) === plain(said))?.name
  const one = parts[0] ? (exact(left, parts[0]) ?? keyFor(parts[0], left, right) ?? field(parts[0], quiet(left))?.name) : undefined
  const two = parts[1] ? (exact(right, parts[1]) ?? field(parts[1], quiet(right))?.name) : parts[0] ? pairFor(parts[0], one, left, right) : undefined
  const shared = left.columns.filter((column) => right.columns.some((other) => other.name === column.name)).map((column) => column.name)
  const guess = shared.find((name) => /id$|key|email|code/i.test(name)) ?? (shared.length === 1 ? shared[0] : undefined) ?? undefined
  const reference = one || guess ? undefined : referenceBetween(left, right)
  const leftKey = one ?? guess ?? reference?.left
  const rightKey = two ?? (one && right.columns.some((column) => column.name === one) ? one : undefined) ?? guess ?? reference?.right
  if (!leftKey || !rightKey)
    return problem(
      `On which columns should ${left.name} and ${right.name} be joined? ${left.name} has ${left.columns.map((column) => column.name).join(', ')}; ${right.name} has ${right.columns.map((column) => column.name).join(', ')}.`,
    )
  return onTable({ type: 'join', left: left.name, right: right.name, leftKey, rightKey, kind })
}

type TableView = Scene['tables'][number]

/** "on id" between customers(id) and orders(id, customer_id) means customers.id = orders.customer_id. */
function pairFor(said: string, leftKey: string | undefined, left: TableView, right: TableView): string | undefined {
  const reference = /^id$/i.test(said) ? referenceBetween(left, right) : undefined
  if (reference && reference.left === leftKey) return reference.right
  const same = right.columns.find((column) => plain(column.name) === plain(leftKey ?? said))
  return same?.name ?? fieldIn(said, right.columns)?.column.name
}

function keyFor(said: string, left: TableView, right: TableView): string | undefined {
  // "on customer_id" where the left table calls it id.
  const other = right.columns.find((column) => plain(column.name) === plain(said))
  return other ? referenceBetween(left, right)?.left : undefined
}

function referenceBetween(left: TableView, right: TableView): { left: string; right: string } | undefined {
  const names = (table: TableView) => plain(table.name).replace(/s$/, '')
  const id = (table: TableView) => table.columns.find((column) => column.words.join(' ') === 'id')?.name
  const foreign = (table: TableView, to: TableView) =>
    table.columns.find((column) => column.words.join('') === `${names(to)}id` || column.words.join('') === names(to))?.name
  const [leftId, rightId] = [id(left), id(right)]
  const [rightForeign, leftForeign] = [foreign(right, left), foreign(left, right)]
  if (leftId && rightForeign) return { left: leftId, right: rightForeign }
  return rightId && leftForeign ? { left: leftForeign, right: rightId } : undefined
}
