import { again } from './en/again.ts'
import { agentForm, agents, runForm } from './en/agents.ts'
import { accessForm, templates, versions } from './en/versions.ts'
import { answerStage, conversations, roomForm } from './en/conversations.ts'
import { access } from './en/access.ts'
import { approvals } from './en/approvals.ts'
import { providerForm, providers } from './en/providers.ts'
import { run, runs } from './en/runs.ts'
import { common, shell } from './en/shell.ts'
import { start } from './en/start.ts'
import { toolForm, tools } from './en/tools.ts'
import { usage } from './en/usage.ts'
import { pluralOf } from './plural.ts'
import type { TextsByCode } from './texts-by-code.ts'

const plural = pluralOf('en')

/** What the pages say. pt-br.ts has the type of this: a text that is missing there does not compile. Texts with values are functions. */
export const en = {
  common,
  shell,
  start,
  agents,
  agentForm,
  runForm,
  again,
  versions,
  templates,
  accessForm,
  runs,
  run,
  tools,
  toolForm,
  providers,
  providerForm,
  usage,
  access,
  approvals,
  conversations,
  answerStage,
  roomForm,
  runStatus: {
    pending: 'Waiting to start',
    running: 'Running',
    completed: 'Completed',
    failed: 'Failed',
    timeout: 'Out of time',
    cancelled: 'Cancelled',
  },
  stepStatus: { running: 'Running', waiting: 'Waiting', completed: 'Done', failed: 'Failed', uncertain: 'Uncertain' },
  waitingFor: {
    retry: 'Trying again soon',
    uncertain: 'A step needs your decision',
    budget: 'Waiting for a budget',
    approval: 'Waiting for an approval',
  },
  effect: {
    read: { name: 'Only reads', means: 'Changes nothing, wherever it looks.' },
    idempotent: { name: 'Safe to repeat', means: 'Doing it twice leaves the same as doing it once.' },
    keyed: { name: 'Repeats are recognised', means: 'The service behind it is given a key and does each thing once.' },
    once: { name: 'Once only', means: 'Never repeated by itself. When it is interrupted, you decide.' },
  },
  connection: {
    away: 'The server does not answer. Trying again…',
    back: 'The server is back.',
  },
  counts: {
    steps: (count: number, shown: string) => `${shown} ${plural(count, { one: 'step', other: 'steps' })}`,
    tokens: (count: number, shown: string) => `${shown} ${plural(count, { one: 'token', other: 'tokens' })}`,
    tools: (count: number, shown: string) => `${shown} ${plural(count, { one: 'tool', other: 'tools' })}`,
    modelCalls: (count: number, shown: string) => `${shown} ${plural(count, { one: 'model call', other: 'model calls' })}`,
  },
  error: {
    UNAVAILABLE: { what: 'The server cannot be reached.', todo: 'It may be starting again. This page goes on when it is back.' },
    UNAUTHORIZED: { what: 'You are not logged in.', todo: 'Log in and try again.' },
    FORBIDDEN: { what: 'You may not do this.', todo: 'Ask somebody who runs this server for the right to.' },
    NOT_FOUND: { what: 'This is not here.', todo: 'It may have been deleted, or the address is wrong.' },
    INVALID: { what: 'Something you entered is not accepted.', todo: 'The fields say what.' },
    CONFLICT: { what: 'Something else is in the way.', todo: 'Load the page again to see how things stand now.' },
    TOO_MANY_REQUESTS: { what: 'That was too often.', todo: 'Wait a moment and try again.' },
    INTERNAL: { what: 'Something went wrong inside Cadre.', todo: 'Try again. If it stays so, the server’s log says more under the number below.' },
    request: (id: string) => `Request ${id}`,
  },
}

/** The same, said in another language. */
export type Said<T> = T extends string ? string : T extends (...values: infer V) => string ? (...values: V) => string : { [K in keyof T]: Said<T[K]> }
export type Texts = Said<typeof en> & {
  /** What errors are by their very code: it comes after the first page, and without it they are said by their kind. */
  byCode?: TextsByCode
}
