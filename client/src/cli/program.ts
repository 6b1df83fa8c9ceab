import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addAgents } from './agents.ts'
import { addApprovals } from './approvals.ts'
import { addAudit } from './audit.ts'
import { defaultUrl } from './cli.ts'
import { addConversations } from './conversations.ts'
import { addDatabase } from './database.ts'
import { addDoctor } from './doctor.ts'
import { addMasterKey } from './master-key.ts'
import { addKeys } from './keys.ts'
import { addPlugins } from './plugins.ts'
import { addProviders } from './providers.ts'
import { addRun } from './run.ts'
import { addRuns } from './runs.ts'
import { addServer } from './server-process.ts'
import { addUsers } from './users.ts'

export function buildProgram(): Command {
  const program = new Command('cadre')
    .description('Cadre runs AI agents on this machine. The commands speak to its server.')
    .option('--url <url>', `where the server is (CADRE_URL; default ${defaultUrl})`)
    .option('--api-key <key>', 'the key of the server, better given by CADRE_API_KEY')
    .option('--json', 'write JSON: one value, or one line for each event of a stream')
    .version(version(), '-V, --version')
    .configureHelp({ showGlobalOptions: true, helpWidth: 100 })
    .configureOutput({ writeErr: (text) => process.stderr.write(process.argv.includes('--json') && text.startsWith('error:') ? '' : text) })
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText('after', examples)
  addRun(program)
  addRuns(program)
  addApprovals(program)
  addAgents(program)
  addConversations(program)
  addPlugins(program)
  addProviders(program)
  addUsers(program)
  addKeys(program)
  addAudit(program)
  addServer(program)
  addMasterKey(program)
  addDatabase(program)
  addDoctor(program)
  return program
}

const examples = `
Examples:
  cadre start                                    a server on this machine
  cadre agents create --name Helper --prompt 'You help with numbers.' --tools calculator
  cadre run helper 'What is 12 * 7?'
  cadre run data-cleanup-agent 'Sum the amounts per region' --data sales.csv > sums.json
  cadre runs list --status failed
  cadre doctor                                   what is wrong, and what to do

Exit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 not allowed, 5 invalid, 6 the run failed or was
cancelled, 7 it timed out, 130 interrupted.`

function version() {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
