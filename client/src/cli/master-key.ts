import type { Command } from 'commander'
import { runServer, serverOptions, settingsOf } from './server-process.ts'

const settings = ['--data-dir', '--database-url', '--config']

/** On the machine of the server, while it does not run. */
export function addMasterKey(program: Command) {
  const group = program.command('master-key').description('the key that stored secrets are sealed with; the server must not be running')
  for (const [name, description] of [
    ['check', 'is it the key of this database'],
    ['rotate', 'make a new one and seal every stored secret anew; killed in the middle, call it again'],
    ['reset', 'the key is lost: go on with a new one, without what the old one sealed'],
  ] as const) {
    const command = group.command(name).description(description)
    for (const [flags, help] of serverOptions) if (settings.some((each) => flags.startsWith(each))) command.option(flags, help)
    command.addHelpText('after', `\nExamples:\n  cadre master-key ${name} --data-dir /srv/cadre`).action(async () => {
      process.exitCode = await runServer('main', ['keys', name, ...settingsOf(command)])
    })
  }
}
