import { Visitor } from 'rolldown/utils'
import type { Offence, SourceFile } from './source-files.ts'

/** Attributes whose value a person reads or hears. */
const readByPeople =
  /^(title|placeholder|alt|label|description|heading|hint|summary|message|aria-(label|description|placeholder|roledescription|valuetext))$/
/** What stands in these is the same in every language. */
const code = ['kbd', 'code', 'samp']

type Node = { type: string; start: number }
type Literal = Node & { value: unknown }
type Element = Node & { openingElement: { name: { name?: string } }; children: Node[] }

/** Words in JSX that are written there instead of being looked up: text between tags, strings in braces, attributes that people read, toasts. */
export function findPageTexts(program: Parameters<InstanceType<typeof Visitor>['visit']>[0], lineAt: (offset: number) => number) {
  const found: SourceFile['texts'] = []
  const check = (text: unknown, start: number) => {
    if (typeof text === 'string' && /\p{L}{2}/u.test(text)) found.push({ text: text.trim().replace(/\s+/g, ' ').slice(0, 60), line: lineAt(start) })
  }
  const checkChildren = (children: Node[]) => {
    for (const child of children) {
      if (child.type === 'JSXText') check((child as Literal).value, child.start)
      if (child.type === 'JSXExpressionContainer')
        for (const each of shown((child as unknown as { expression: Node }).expression)) check(each.text, each.start)
    }
  }
  new Visitor({
    JSXElement: (node) => {
      const element = node as unknown as Element
      if (!code.includes(element.openingElement.name.name ?? '')) checkChildren(element.children)
    },
    JSXFragment: (node) => checkChildren((node as unknown as Element).children),
    JSXAttribute: (node) => {
      const { name, value } = node as unknown as { name: { name: unknown }; value: Node | null }
      if (!value || typeof name.name !== 'string' || !readByPeople.test(name.name)) return
      const expression = value.type === 'JSXExpressionContainer' ? (value as unknown as { expression: Node }).expression : value
      for (const each of shown(expression)) check(each.text, each.start)
    },
    CallExpression: (node) => {
      const { callee, arguments: [first] = [] } = node as unknown as { callee: { name?: string; object?: { name?: string } }; arguments: Node[] }
      if (first && (callee.name === 'toast' || callee.object?.name === 'toast')) for (const each of shown(first)) check(each.text, each.start)
    },
  }).visit(program)
  return found
}

/** The strings that an expression may come to, where it says them itself. */
function shown(node: Node): { text: unknown; start: number }[] {
  const parts = node as unknown as {
    operator: string
    left: Node
    right: Node
    consequent: Node
    alternate: Node
    quasis: { start: number; value: { cooked: string } }[]
  }
  if (node.type === 'Literal') return [{ text: (node as Literal).value, start: node.start }]
  if (node.type === 'TemplateLiteral') return parts.quasis.map(({ start, value }) => ({ text: value.cooked, start }))
  if (node.type === 'ConditionalExpression') return [...shown(parts.consequent), ...shown(parts.alternate)]
  // Before && stands a condition, and what compares gives true or false: neither is shown.
  if (node.type === 'LogicalExpression') return [...(parts.operator === '&&' ? [] : shown(parts.left)), ...shown(parts.right)]
  if (node.type === 'BinaryExpression' && parts.operator === '+') return [...shown(parts.left), ...shown(parts.right)]
  return []
}

export function pageTexts(files: SourceFile[]): Offence[] {
  return files
    .filter(({ path }) => path.startsWith('web/src/'))
    .flatMap(({ path, texts }) =>
      texts.map(({ text, line }) => ({
        file: path,
        line,
        message: `${JSON.stringify(text)} is written into the page; put it into web/src/i18n/en.ts and pt-br.ts, and take it from useTexts()`,
      })),
    )
}
