import type { Message } from '@cadre/contract/messages'

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #ccc;padding:.5rem 0}header{color:#555}.text{white-space:pre-wrap;overflow-wrap:anywhere}`

/** A page of its own: all that anybody wrote stands in it as text, it has no scripts and loads nothing, and its policy forbids both. */
export function htmlOf(title: string, topic: string | null, messages: Message[], at: string): string {
  const articles = messages.map(
    (message) => `<article${message.thread_id === null ? '' : ' style="margin-left:2rem"'}>
<header><strong>${escaped(authorOf(message))}</strong> <time datetime="${message.created_at}">${message.created_at}</time>${message.edited_at === null ? '' : ' edited'}</header>
<div class="text" dir="auto">${escaped(message.content)}</div>
${message.attachments.map(({ name, bytes }) => `<p>Attached: ${escaped(name)} (${bytes} bytes)</p>`).join('\n')}
</article>`,
  )
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1 dir="auto">${escaped(title)}</h1>
${topic === null ? '' : `<p dir="auto">${escaped(topic)}</p>`}
<p>Exported ${at}, ${messages.length} messages.</p>
${articles.join('\n')}
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** Who is no longer there has no name; what was imported names its model. */
export function authorOf({ author_name, author_kind, metadata }: Message): string {
  if (author_name !== null) return author_name
  if (typeof metadata?.model === 'string') return metadata.model
  return { user: 'User', agent: 'Assistant', system: 'Cadre' }[author_kind]
}
