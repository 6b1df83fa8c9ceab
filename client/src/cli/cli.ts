import { CadreError } from '@cadre/contract/errors'
import type { Command } from 'commander'
import { type Client, createClient } from '../client.ts'
import { UsageError } from './exit-codes.ts'
import { openOutput, type Output } from './output.ts'

export const defaultUrl = 'http://127.0.0.1:4000'

/** What every command works with. */
export type Cli = {
  client: Client
  output: Output
  url: string
  /** A command line for the reader to paste, leading to the same server. */
  commandLine(words: string): string
}

export type GlobalOptions = { url?: string; apiKey?: string; json?: boolean }

export function openCli(command: Command): Cli {
  const options = command.optsWithGlobals<GlobalOptions>()
  const url = options.url || process.env.CADRE_URL || defaultUrl
  const apiKey = options.apiKey || process.env.CADRE_API_KEY || undefined
  return {
    client: usage(() => createClient({ url, apiKey })),
    output: openOutput(options.json === true),
    url,
    commandLine: (words) => `cadre ${words}${options.url ? ` --url ${options.url}` : ''}`,
  }
}

/** A bad address or key was written on the command line, not sent to a server. */
function usage<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof CadreError)) throw error
    throw new UsageError(error.message.replace(/^url:/, '--url (or CADRE_URL):').replace(/^apiKey:/, '--api-key (or CADRE_API_KEY):'))
  }
}
