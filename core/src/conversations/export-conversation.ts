import type { Conversation, ExportFormat } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import { slugOf } from '../agents/slug.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import { authorOf, htmlOf } from './export-html.ts'
import { getConversation } from './get-conversation.ts'
import { selectMessages } from './messages.store.ts'
import { iso, showMessages } from './show-message.ts'

const pageRows = 500

/** A conversation as one document. Markdown and HTML hold what is shown; JSON also the other branches, and where something was deleted. */
export async function exportConversation(app: Pick<App, 'db' | 'now' | 'config'>, actor: Actor, conversationId: string, format: ExportFormat) {
  const conversation = await getConversation(app, actor, conversationId)
  const messages: Message[] = []
  for (let after = 0; ;) {
    const page = { conversation_id: conversationId, thread_id: undefined, before: undefined, after, all_branches: format === 'json', limit: pageRows }
    const rows = await selectMessages(app.db.read, page)
    messages.push(...(await showMessages(app.db.read, rows)))
    after = rows.at(-1)?.seq ?? after
    if (rows.length < pageRows) break
  }
  await app.db.write((trx) =>
    audit(trx, app, actor, { action: 'conversations.export', target_type: 'conversation', target_id: conversationId, detail: { format } }),
  )
  const title = titleOf(conversation)
  const at = iso(app.now())
  const shown = messages.filter((message) => message.deleted_at === null)
  const name = slugOf(title)
  if (format === 'json') {
    const content = JSON.stringify({ format: 'cadre.conversation', version: 1, exported_at: at, conversation, messages }, null, 2)
    return { name: `${name}.json`, media_type: 'application/json', content }
  }
  if (format === 'html')
    return { name: `${name}.html`, media_type: 'text/html; charset=utf-8', content: htmlOf(title, conversation.topic, shown, at) }
  return { name: `${name}.md`, media_type: 'text/markdown; charset=utf-8', content: markdownOf(title, conversation.topic, shown, at) }
}

function titleOf({ title, participants }: Conversation): string {
  return title ?? (participants.flatMap((each) => each.name ?? []).join(', ') || 'Conversation')
}

function markdownOf(title: string, topic: string | null, messages: Message[], at: string): string {
  const parts = [`# ${oneLine(title)}`, ...(topic ? [topic] : []), `*Exported ${at}, ${messages.length} messages.*`]
  for (const message of messages) {
    const marks = [
      message.thread_id === null ? '' : 'in a thread',
      message.edited_at === null ? '' : 'edited',
      message.status === 'sent' ? '' : message.status,
    ]
    parts.push(
      `## ${oneLine(authorOf(message))} · ${message.created_at}${marks
        .filter(Boolean)
        .map((mark) => ` · ${mark}`)
        .join('')}`,
    )
    if (message.content !== '') parts.push(message.content)
    if (message.attachments.length > 0)
      parts.push(message.attachments.map(({ name, bytes }) => `- attached: ${oneLine(name)} (${bytes} bytes)`).join('\n'))
  }
  return `${parts.join('\n\n')}\n`
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
