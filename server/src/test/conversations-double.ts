import { contract } from '@cadre/contract'
import { CadreError } from '@cadre/contract/errors'
import type { Api } from '../router.ts'

const groups = ['projects', 'conversations', 'messages', 'attachments', 'events'] as const

/** What the tests of the doors do not ask for: it is tried with the real core in http-conversations.test.ts. */
export function conversationsDouble(): Pick<Api, (typeof groups)[number]> {
  const refuse = () => {
    throw new CadreError('NOT_FOUND', 'the double has no conversations')
  }
  return Object.fromEntries(
    groups.map((group) => [group, Object.fromEntries(Object.keys(contract[group]).map((name) => [name, refuse]))]),
  ) as unknown as ReturnType<typeof conversationsDouble>
}
