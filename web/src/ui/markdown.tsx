import { Component, isValidElement, memo, type ReactNode, useMemo, useState } from 'react'
import { type Components, defaultRehypePlugins, Streamdown } from 'streamdown'
import { useTexts } from '../i18n/texts.ts'
import { Button } from './button.tsx'
import { CodeBlock } from './markdown-code.tsx'
import { isPlainText, isTooDeep, splitText } from './split-text.ts'

const { raw: _raw, ...safe } = defaultRehypePlugins
const rehypePlugins = Object.values(safe)

/** More of a text than this is drawn when it is asked for. */
const partsAtFirst = 6

/**
 * The one renderer of text by a model or a tool. HTML in it stays text; a picture is only named, never fetched; a link shows where it
 * leads, and opens in a page that knows nothing of this one. Whatever stands in it, the page goes on: what is long is drawn in parts, and
 * what cannot be parsed is shown as it is.
 */
export const Markdown = memo(function Markdown({ text, isStreaming = false }: { text: string; isStreaming?: boolean }) {
  const texts = useTexts()
  const parts = useMemo(() => splitText(text), [text])
  const [count, setCount] = useState(partsAtFirst)
  const shown = isStreaming ? parts : parts.slice(0, count)
  return (
    <>
      {shown.map((part, i) => (
        // Parts never change their places.
        <Part key={i} text={part} isStreaming={isStreaming && i === parts.length - 1} />
      ))}
      {shown.length < parts.length && (
        <Button size="small" className="mt-2" onClick={() => setCount(count + partsAtFirst)}>
          {texts.common.showMore}
        </Button>
      )}
    </>
  )
})

type PartProps = { text: string; isStreaming: boolean }

const Part = memo(function Part({ text, isStreaming }: PartProps) {
  if (!isStreaming && isPlainText(text)) return <p className="min-w-0 break-words">{text}</p>
  if (isTooDeep(text)) return <AsItIs text={text} />
  return (
    <Guard key={String(isStreaming)} text={text}>
      <Streamdown
        className="prose-own min-w-0 break-words"
        mode={isStreaming ? 'streaming' : 'static'}
        rehypePlugins={rehypePlugins}
        controls={false}
        components={components}
      >
        {text}
      </Streamdown>
    </Guard>
  )
})

function AsItIs({ text }: { text: string }) {
  return <p className="min-w-0 whitespace-pre-wrap break-words">{text}</p>
}

/** A parser that gives up takes its part of the text with it, and not the page. */
class Guard extends Component<{ text: string; children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }
  static getDerivedStateFromError() {
    return { isBroken: true }
  }
  override render() {
    return this.state.isBroken ? <AsItIs text={this.props.text} /> : this.props.children
  }
}

function safeUrl(href: unknown): URL | null {
  const url = typeof href === 'string' ? URL.parse(href) : null
  return url && /^(https?|mailto):$/.test(url.protocol) ? url : null
}

function Link({ href, children }: { href?: unknown; children?: ReactNode }) {
  const url = safeUrl(href)
  if (!url) return <span>{children}</span>
  return (
    <a href={url.href} title={url.href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline underline-offset-2">
      {children}
    </a>
  )
}

function Picture({ src, alt }: { src?: unknown; alt?: string }) {
  const url = safeUrl(src)
  if (!url) return <span>{alt}</span>
  return (
    <span className="rounded border border-line bg-sunken px-1.5 py-0.5 text-xs">
      <Link href={url.href}>
        {alt || url.pathname} ({url.host})
      </Link>
    </span>
  )
}

function Block({ children }: { children?: ReactNode }) {
  const { className, children: text } = isValidElement<{ className?: unknown; children?: unknown }>(children) ? children.props : {}
  const [, info = ''] = /(?:^|\s)language-(\S+)/.exec(typeof className === 'string' ? className : '') ?? []
  return <CodeBlock text={textOf(text).replace(/\n$/, '')} info={info} />
}

function textOf(children: unknown): string {
  return Array.isArray(children) ? children.map(textOf).join('') : typeof children === 'string' ? children : ''
}

function Code({ children }: { children?: ReactNode }) {
  return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.92em]">{children}</code>
}

/** Streamdown dresses these in classes of a theme that is not ours; theme.css dresses the plain elements. */
function plain(Tag: 'ul' | 'li' | 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' | 'blockquote' | 'strong' | 'thead' | 'tbody' | 'tr' | 'th' | 'td') {
  return ({ children }: { children?: ReactNode }) => <Tag>{children}</Tag>
}

function Table({ children }: { children?: ReactNode }) {
  // Whoever reads by keys must be able to scroll it
  return (
    <div className="overflow-x-auto rounded-md border border-line" tabIndex={0}>
      <table>{children}</table>
    </div>
  )
}

const tags = ['ul', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'strong', 'thead', 'tbody', 'tr', 'th', 'td'] as const
const components = {
  ...Object.fromEntries(tags.map((tag) => [tag, plain(tag)])),
  a: Link,
  img: Picture,
  pre: Block,
  code: Code,
  table: Table,
  hr: () => <hr />,
  // A list that goes on counts on.
  ol: ({ start, children }: { start?: number; children?: ReactNode }) => <ol start={start}>{children}</ol>,
} as Components
