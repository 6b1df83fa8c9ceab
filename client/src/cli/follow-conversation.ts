import type { ConversationEvent } from '@cadre/contract/conversation-events'
import { followConversation } from '../follow-conversation.ts'
import type { Cli } from './cli.ts'
import { exitCode } from './exit-codes.ts'
import { describeMessage } from './show-message.ts'

/** Shows messages on stdout as they come, all else on stderr, until the conversation ends or the reader interrupts. */
export async function followOnScreen({ client, output }: Cli, conversationId: string, after: number | undefined): Promise<number> {
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.on('SIGINT', interrupt)
  try {
    // First where it stands, then what was said before: nothing falls between the two.
    const { last_event } = await client.conversations.get({ conversationId }, { signal: stop.signal })
    let shown = 0
    for (let seq = after; seq !== undefined && !output.json;) {
      const page = await client.messages.list({ conversationId, after: seq, limit: 200 }, { signal: stop.signal })
      for (const message of page.items) output.data(message, () => `${describeMessage(message)}\n`)
      shown = page.items.at(-1)?.seq ?? shown
      seq = page.next_cursor === null ? undefined : shown
    }
    const onBreak = ({ message }: Error) => output.say(`${message} Trying to come back ...`, 'quiet')
    for await (const event of followConversation(client, conversationId, { after: String(last_event), signal: stop.signal, onBreak })) {
      if (output.json) output.line(event)
      else if (!('message' in event) || event.message.seq > shown || event.type === 'message.updated') print(event)
    }
    return exitCode.ok
  } catch (error) {
    if (!stop.signal.aborted) throw error
    return exitCode.interrupted
  } finally {
    process.off('SIGINT', interrupt)
  }

  function print(event: ConversationEvent) {
    if (event.type === 'message.created' || event.type === 'message.updated')
      return output.data(event.message, () => `${describeMessage(event.message)}\n`)
    const words = said[event.type]
    if (words) output.say(words, 'quiet')
  }
}

/** What is worth a line. */
const said: Partial<Record<ConversationEvent['type'], string>> = {
  'message.deleted': 'A message was deleted.',
  'participant.joined': 'Somebody joined.',
  'participant.left': 'Somebody left.',
  'agent.responding': 'An agent is answering ...',
  'job.failed': 'An agent could not answer.',
  'conversation.deleted': 'The conversation was deleted.',
}
