import type { CodePart } from './markdown-highlight.ts'
import type { LanguageId } from './markdown-languages.ts'
import type { Question } from './markdown-worker.ts'

/**
 * What takes longer is given up. The grammars are made of regular expressions that somebody can make slow on purpose: 9,000 characters of
 * `[a](` take the one of Markdown half a minute. So they run in a thread of their own, which can be ended.
 */
const patienceMs = 2_000

type Asked = Question & { tell: (parts: CodePart[] | null) => void }

/** The newest is taken first: it is what somebody looks at. */
const waiting: Asked[] = []
let worker: Worker | null = null
let isReady = false
let current: Asked | null = null
let timer: ReturnType<typeof setTimeout> | undefined

/** Code in coloured parts; null where that took too long, or cannot be done in this browser. */
export function askColours(language: LanguageId, text: string): Promise<CodePart[] | null> {
  return new Promise((tell) => {
    waiting.push({ language, text, tell })
    next()
  })
}

function next() {
  if (current !== null || waiting.length === 0) return
  worker ??= start()
  if (!isReady) return
  const asked = waiting.pop()
  if (!asked) return
  current = asked
  timer = setTimeout(() => end(), patienceMs)
  worker.postMessage({ language: asked.language, text: asked.text } satisfies Question)
}

function start(): Worker {
  const started = new Worker(new URL('./markdown-worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<CodePart[] | null>) => {
    if (data === null) isReady = true
    else answer(data)
    next()
  })
  // It could not be loaded, or broke.
  started.addEventListener('error', () => {
    if (!isReady) for (const { tell } of waiting.splice(0)) tell(null)
    end()
  })
  return started
}

function end() {
  worker?.terminate()
  worker = null
  isReady = false
  answer(null)
  next()
}

function answer(parts: CodePart[] | null) {
  clearTimeout(timer)
  current?.tell(parts)
  current = null
}
