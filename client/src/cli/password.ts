import { UsageError } from './exit-codes.ts'
import { readFile, readStdin } from './sources.ts'

export const passwordOption = [
  '--password-file <file>',
  'the file that has the password, or - for standard input; without it, it is asked for',
] as const

/** Never from the command line, where others could see it. Asked for twice in a terminal, without showing it. */
export async function readPassword(file: string | undefined): Promise<string> {
  const password =
    file === undefined
      ? await askTwice()
      : (file === '-' ? await readStdin('--password-file') : readFile(file, '--password-file')).replace(/\r?\n$/, '')
  if (password === '') throw new UsageError('the password is empty')
  return password
}

async function askTwice() {
  if (!process.stdin.isTTY) throw new UsageError('give the password by --password-file, or - to read it from standard input')
  const password = await ask('Password: ')
  if ((await ask('Once more: ')) !== password) throw new UsageError('the two passwords are not the same')
  return password
}

/** One line of a terminal that does not show what is typed. */
function ask(prompt: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(prompt)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = (settle: () => void) => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      settle()
    }
    const take = (text: string) => {
      for (const char of text) {
        if (char === '\r' || char === '\n') return end(() => resolve(typed))
        if (char === '\u0003' || char === '\u0004') return end(() => reject(new UsageError('no password was given')))
        typed = char === '\u007f' || char === '\b' ? typed.slice(0, -1) : typed + char
      }
    }
    stdin.on('data', take)
  })
}
