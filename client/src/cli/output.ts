import { styleText } from 'node:util'
import { harmless } from './text.ts'

export type Tone = 'good' | 'bad' | 'quiet' | 'plain'
const styles = { good: 'green', bad: 'red', quiet: 'dim' } as const

/** Data goes to stdout, everything else to stderr. */
export type Output = {
  json: boolean
  /** A document for people; with --json the value instead. */
  data(value: unknown, text: () => string): void
  /** One value on one line of its own: a stream of JSON lines. */
  line(value: unknown): void
  say(text: string, tone?: Tone): void
}

export function openOutput(json: boolean): Output {
  const colours = process.stderr.isTTY === true && !process.env.NO_COLOR
  const write = (text: string) => process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`)
  return {
    json,
    data: (value, text) => {
      if (json) write(JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined) ?? 'null')
      // Into a file or another program goes the text as it is; a terminal obeys what it is shown.
      else write(process.stdout.isTTY ? harmless(text()) : text())
    },
    line: (value) => write(JSON.stringify(value)),
    say: (text, tone = 'plain') => {
      const styled = colours && tone !== 'plain' ? styleText(styles[tone], text, { validateStream: false }) : text
      process.stderr.write(`${styled}\n`)
    },
  }
}

/** A reader that has seen enough (`| head`) is no error. */
export function endQuietlyOnClosedPipe() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw error
    })
  }
}
