import type { Command } from 'commander'
import { runServer, serverOptions, settingsOf } from './server-process.ts'

const settings = ['--data-dir', '--config']

/** On the machine of the server. */
export function addDatabase(program: Command) {
  const group = program.command('db').description('encrypt the SQLite file of a server on this machine, or copy it')
  for (const [name, description, example] of [
    ['encrypt', 'encrypt it, all of it; the server must not be running', ''],
    ['decrypt', 'take that back; the server must not be running', ''],
    ['copy', 'a backup, also while the server runs; encrypted if it is', ' /backups/cadre.db'],
  ] as const) {
    const command = group.command(name).description(description)
    if (name === 'copy') command.argument('<file>', 'where to; there must be none yet')
    for (const [flags, help] of serverOptions) if (settings.some((each) => flags.startsWith(each))) command.option(flags, help)
    command.addHelpText('after', `\nExamples:\n  cadre db ${name}${example} --data-dir /srv/cadre`).action(async () => {
      process.exitCode = await runServer('main', ['database', name, ...command.args, ...settingsOf(command)])
    })
  }
}
