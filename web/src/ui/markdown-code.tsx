import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useIsCodeFenceIncomplete } from 'streamdown'
import { useTexts } from '../i18n/texts.ts'
import { CopyButton } from './copy-button.tsx'
import { askColours } from './markdown-colours.ts'
import type { CodePart } from './markdown-highlight.ts'
import { languageOf, type Language } from './markdown-languages.ts'

/** Text that is longer is not coloured. Nobody waits for it: what Markdown shows comes in shorter parts. */
const longest = 12_000
/** How long a block that grows is left as it is, so that few of its updates are those that draw colours: they take some milliseconds more. */
const restMs = (length: number) => Math.max(150, length / 5)

type Group = { signature: string; element: ReactNode }
type Coloured = { text: string; groups: Group[] }
const groupLines = 20

/** Rows of a long list come and go: what was coloured already shows its colours at once. */
const kept = new Map<string, Coloured>()
const mostKept = 200

function keep(key: string, coloured: Coloured) {
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '')
  kept.set(key, coloured)
}

/** A block of code with its language, a button that copies it, and colours where the language is known. */
export function CodeBlock({ text, info }: { text: string; info: string }) {
  const texts = useTexts()
  const language = languageOf(info)
  const nodes = useColours(text, language, useIsCodeFenceIncomplete())
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex h-8 items-center justify-between gap-2 pl-3 pr-0.5 text-xs text-muted">
        <span className="min-w-0 truncate">{language?.name ?? (info || texts.common.code)}</span>
        <CopyButton text={() => text} />
      </figcaption>
      {/* Who reads by keys must be able to scroll it. */}
      <pre tabIndex={0} className="overflow-x-auto px-3 pb-3 pt-0.5 font-mono text-xs -outline-offset-2">
        <code>{nodes}</code>
      </pre>
    </figure>
  )
}

function useColours(shown: string, language: Language | undefined, grows: boolean): ReactNode {
  const id = language?.id
  // Whole lines, while it grows: what stands behind them begins a line of its own.
  const text = grows ? shown.slice(0, shown.lastIndexOf('\n') + 1) : shown
  const [coloured, setColoured] = useState(() => kept.get(`${id} ${text}`))
  const isAsking = useRef(false)
  const asked = useRef(-Infinity)
  useEffect(() => {
    // What comes while it is asked for is asked for after the answer.
    if (id === undefined || isAsking.current || coloured?.text === text || text === '' || text.length > longest) return
    const ask = async () => {
      isAsking.current = true
      asked.current = performance.now()
      const parts = await askColours(id, text)
      const next = { text, groups: toGroups(parts ?? [{ text, className: null }], coloured?.groups ?? []) }
      if (!grows) keep(`${id} ${text}`, next)
      isAsking.current = false
      setColoured(next)
    }
    const timer = setTimeout(() => void ask(), grows ? asked.current + restMs(text.length) - performance.now() : 0)
    return () => clearTimeout(timer)
  }, [id, text, coloured, grows])
  if (!coloured || !shown.startsWith(coloured.text)) return shown
  // What came since the last time stands there without colours.
  return (
    <>
      {coloured.groups.map(({ element }) => element)}
      {shown.slice(coloured.text.length)}
    </>
  )
}

/**
 * Some lines each, in an element that is made once and stands as a block: while the last one grows, React and the browser's layout pass
 * over those before it.
 */
function toGroups(parts: CodePart[], before: Group[]): Group[] {
  return linesOf(parts).map((some, i) => {
    const signature = some.map(({ text, className }) => `${className} ${text}`).join('\n')
    const old = before[i]
    if (old?.signature === signature) return old
    const element = (
      <span key={i} className="block">
        {some.map(toNode)}
      </span>
    )
    return { signature, element }
  })
}

/** So many lines each; all but the last end with the end of a line. */
function linesOf(parts: CodePart[]): CodePart[][] {
  const groups: CodePart[][] = [[]]
  let lines = 0
  for (const { text, className } of parts)
    for (const line of text.split(/(?<=\n)/)) {
      if (lines === groupLines) {
        groups.push([])
        lines = 0
      }
      groups.at(-1)?.push({ text: line, className })
      if (line.endsWith('\n')) lines++
    }
  return groups
}

function toNode({ text, className }: CodePart, i: number): ReactNode {
  // Parts of code have no names of their own.
  return className === null ? (
    text
  ) : (
    <span key={i} className={className}>
      {text}
    </span>
  )
}
