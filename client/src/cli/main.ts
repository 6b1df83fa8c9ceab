import { CadreError } from '@cadre/contract/errors'
import { CommanderError } from 'commander'
import { exitCode, exitCodeOf, InputError, UsageError } from './exit-codes.ts'
import { endQuietlyOnClosedPipe, openOutput } from './output.ts'
import { buildProgram } from './program.ts'
import { harmless } from './text.ts'

endQuietlyOnClosedPipe()
const json = process.argv.includes('--json')
try {
  await buildProgram().parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** Says what went wrong, on stderr (with --json as one line of JSON); gives the exit code. */
function report(error: unknown): number {
  const { say } = openOutput(false)
  const tell = (message: string, code: string, issues: CadreError['issues'] = []) => {
    if (json) return say(JSON.stringify({ error: message, code, issues }))
    say(harmless(`cadre: ${message}`), 'bad')
    // The message says the first.
    for (const issue of issues.slice(1)) say(harmless(`  ${issue.path}: ${issue.message}`), 'bad')
  }
  if (error instanceof CommanderError) {
    // Commander has printed what it had to say.
    if (error.exitCode === 0) return exitCode.ok
    if (json) tell(error.message.replace(/^error: /, ''), 'USAGE')
    return exitCode.usage
  }
  if (error instanceof UsageError) {
    tell(error.message, 'USAGE')
    return exitCode.usage
  }
  if (error instanceof InputError) {
    tell(error.message, 'INVALID')
    return exitCode.invalid
  }
  if (error instanceof CadreError) {
    tell(advice(error), error.code, error.issues)
    return exitCodeOf(error)
  }
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error), 'INTERNAL')
  return exitCode.error
}

function advice({ code, message }: CadreError) {
  const absent = /^No Cadre server answers at (\S+) \(\S+\)\.$/.exec(message)
  if (absent) return `No Cadre server answers at ${absent[1]}; start one with \`cadre start\`.`
  if (code === 'UNAUTHORIZED') return `${message} Give the key by CADRE_API_KEY or --api-key.`
  return message
}
