import type { ReactNode } from 'react'
import { type Components, defaultRehypePlugins, Streamdown } from 'streamdown'

const { raw: _raw, ...safe } = defaultRehypePlugins

/**
 * The one renderer of text by a model or a tool. HTML in it stays text; a picture is only named, never fetched; a link shows where it
 * leads, and opens in a page that knows nothing of this one.
 */
export function Markdown({ text, isStreaming = false }: { text: string; isStreaming?: boolean }) {
  return (
    <Streamdown
      className="prose-own min-w-0 break-words"
      mode={isStreaming ? 'streaming' : 'static'}
      rehypePlugins={Object.values(safe)}
      controls={false}
      components={components}
    >
      {text}
    </Streamdown>
  )
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
  // Who reads by keys must be able to scroll it.
  return (
    <pre tabIndex={0} className="overflow-x-auto rounded-md border border-line bg-sunken p-3 font-mono text-xs [&_code]:bg-transparent [&_code]:p-0">
      {children}
    </pre>
  )
}

function Code({ children }: { children?: ReactNode }) {
  return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.92em]">{children}</code>
}

/** Streamdown dresses these in classes of a theme that is not ours; theme.css dresses the plain elements. */
function plain(Tag: 'ul' | 'ol' | 'li' | 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' | 'blockquote' | 'strong' | 'thead' | 'tbody' | 'tr' | 'th' | 'td') {
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

const tags = ['ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'strong', 'thead', 'tbody', 'tr', 'th', 'td'] as const
const components = {
  ...Object.fromEntries(tags.map((tag) => [tag, plain(tag)])),
  a: Link,
  img: Picture,
  pre: Block,
  code: Code,
  table: Table,
  hr: () => <hr />,
} as Components
