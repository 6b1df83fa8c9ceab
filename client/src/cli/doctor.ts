import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { CadreError } from '@cadre/contract/errors'
import type { Command } from 'commander'
import { type Cli, openCli } from './cli.ts'
import { exitCode } from './exit-codes.ts'
import { count, oneLine } from './text.ts'

/** `note`: worth knowing, nothing is broken. `skipped`: cannot be known before another problem is solved. */
type Finding = { check: string; state: 'ok' | 'problem' | 'note' | 'skipped'; text: string; advice?: string }

export function addDoctor(program: Command) {
  program
    .command('doctor')
    .description('check this installation and its server; each problem says what to do (exit code 1)')
    .option('--data-dir <folder>', 'where the data of the server is (CADRE_DATA_DIR; default ./data)')
    .action(async ({ dataDir }: { dataDir?: string }, command: Command) => {
      const cli = openCli(command)
      const findings = [checkNode(), checkDataFolder(cli.url, dataDir), ...(await checkServer(cli))]
      cli.output.data(findings, () => findings.map(lineOf).join('\n'))
      if (findings.some(({ state }) => state === 'problem')) process.exitCode = exitCode.error
    })
}

function lineOf({ check, state, text, advice }: Finding) {
  return `${state.padEnd(8)} ${check.padEnd(10)} ${oneLine(text)}${advice ? ` -> ${oneLine(advice)}` : ''}`
}

function checkNode(): Finding {
  const isNew = Number(process.versions.node.split('.')[0]) >= 24
  return isNew
    ? { check: 'node', state: 'ok', text: process.version }
    : { check: 'node', state: 'problem', text: `${process.version} is too old`, advice: 'install Node.js 24 or later' }
}

function checkDataFolder(url: string, given: string | undefined): Finding {
  const check = 'data'
  const { hostname } = new URL(url)
  if (!/^(localhost|127\.|\[::1\])/.test(hostname)) return { check, state: 'skipped', text: `the server is on another machine (${hostname})` }
  const folder = resolve(given || process.env.CADRE_DATA_DIR || 'data')
  if (!existsSync(folder)) {
    return canWrite(dirname(folder))
      ? { check, state: 'note', text: `${folder} does not exist yet`, advice: '`cadre start` makes it; --data-dir names another' }
      : { check, state: 'problem', text: `${folder} does not exist and cannot be made`, advice: 'set CADRE_DATA_DIR to a folder that you may write' }
  }
  return canWrite(folder)
    ? { check, state: 'ok', text: `${folder} can be written` }
    : { check, state: 'problem', text: `${folder} cannot be written by this user`, advice: 'change its owner, or set CADRE_DATA_DIR' }
}

function canWrite(folder: string) {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function checkServer(cli: Cli): Promise<Finding[]> {
  try {
    const { items } = await cli.client.providers.list()
    const server: Finding = { check: 'server', state: 'ok', text: `answers at ${cli.url}` }
    return [server, ...providerFindings(items), await checkPlugins(cli)]
  } catch (error) {
    if (!(error instanceof CadreError)) throw error
    const skipped = ['providers', 'plugins'].map((check): Finding => ({ check, state: 'skipped', text: 'cannot be asked' }))
    return [serverProblem(error, cli), ...skipped]
  }
}

function serverProblem({ code, message }: CadreError, cli: Cli): Finding {
  const advice: Partial<Record<typeof code, string>> = {
    UNAVAILABLE: message.startsWith('No Cadre server answers')
      ? 'start one with `cadre start`, or say where it is by --url or CADRE_URL'
      : 'check --url and CADRE_URL, and the log of the server',
    UNAUTHORIZED: 'give the key of the server by CADRE_API_KEY or --api-key',
    FORBIDDEN: `reach it by another address than ${cli.url}, or add this one to CADRE_ALLOWED_HOSTS`,
  }
  return { check: 'server', state: 'problem', text: message, advice: advice[code] ?? 'the log of the server says more' }
}

function providerFindings(providers: { id: string; usable: boolean; reason: string | null; default_model: string | null }[]): Finding[] {
  const check = 'providers'
  const usable = providers.filter((provider) => provider.usable)
  const summary: Finding = usable.length
    ? { check, state: 'ok', text: `usable: ${usable.map(({ id, default_model }) => (default_model ? `${id}/${default_model}` : id)).join(', ')}` }
    : {
        check,
        state: 'problem',
        text: 'none is usable',
        advice: 'set OPENAI_API_KEY, ANTHROPIC_API_KEY or OLLAMA_HOST, or `cadre providers add`; docs/user/models.md lists them all',
      }
  const others = providers
    .filter((provider) => !provider.usable)
    .map(({ id, reason }): Finding => ({ check, state: 'note', text: `${id} is not usable: ${reason ?? 'no reason was given'}` }))
  return [summary, ...others]
}

async function checkPlugins({ client }: Cli): Promise<Finding> {
  const { items } = await client.plugins.list()
  const tools = items.reduce((sum, plugin) => sum + plugin.endpoints.length, 0)
  const text = `${count(items.length, 'plugin')} with ${count(tools, 'tool')}`
  return items.length
    ? { check: 'plugins', state: 'ok', text }
    : {
        check: 'plugins',
        state: 'problem',
        text: 'none is loaded',
        advice: 'the bundled ones are missing: install Cadre anew, or set CADRE_PLUGINS_DIR',
      }
}
