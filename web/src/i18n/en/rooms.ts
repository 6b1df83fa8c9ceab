import { pluralOf } from '../plural.ts'

const plural = pluralOf('en')

/** Come with the page: see room-texts.ts. */
export const rooms = {
  goOnHere: 'Go on from this version',
  budget: 'What agents may spend here',
  units: { none: 'No budget of its own', tokens: 'Tokens', usd: 'US dollars' },
  limit: 'At most',
  limitWrong: 'A number from 0 on, of tokens a whole one.',
  period: 'Counted',
  periods: { day: 'each day (UTC)', total: 'in all, and never anew' },
  spent: (spent: string, of: string) => `${spent} of ${of} spent.`,
  reserved: (held: string) => `${held} are held for answers that are being written.`,
  resets: (when: string) => `It begins anew ${when}.`,
  import: 'Import conversations',
  importText: 'The history of another program: each conversation becomes a group with you alone in it. What was imported before is skipped.',
  from: 'From',
  sources: { chatgpt: 'ChatGPT', 'open-webui': 'Open WebUI', librechat: 'LibreChat' },
  file: 'File',
  fileHints: {
    chatgpt: 'conversations.json from the archive that ChatGPT sends you. Unpack the archive first.',
    'open-webui': 'The file of Settings > Chats > Export Chats.',
    librechat: 'The JSON file that a conversation is exported to.',
  },
  fileNeeded: 'Choose a file.',
  notJson: 'This is no JSON file.',
  isArchive: 'This is an archive: unpack it and choose the conversations.json in it.',
  begin: 'Import',
  importing: 'Importing',
  stopImport: 'Stop',
  imported: (count: number, shown: string) => `${shown} ${plural(count, { one: 'conversation', other: 'conversations' })} imported.`,
  skipped: (count: number, shown: string) => `${shown} ${plural(count, { one: 'was', other: 'were' })} there already.`,
  problems: 'What could not be taken over',
}
