import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileSizes } from './check/file-sizes.ts'
import { importLaw } from './check/import-law.ts'
import { importLoops } from './check/import-loops.ts'
import { libraryHomes } from './check/library-homes.ts'
import { lockFile } from './check/lock-file.ts'
import { pageTexts } from './check/page-texts.ts'
import { type Offence, readTree } from './check/source-files.ts'
import { webBudgets } from './web/budgets.ts'

// `npm run check`: what can be known without running anything. The parts run side by side and are printed in order.

type Outcome = { ok: boolean; text: string }

const root = join(import.meta.dirname, '..')
const parts: { name: string; run: () => Promise<Outcome>; advice: string }[] = [
  { name: 'format', run: () => program('oxfmt/bin/oxfmt', '--check', '.'), advice: '`npm run format` mends it' },
  { name: 'lint', run: () => program('oxlint/bin/oxlint', '--deny-warnings'), advice: 'each message above ends with how to mend it' },
  { name: 'types', run: () => program('typescript/bin/tsc', '--noEmit', '-p', '.'), advice: 'the types of these lines do not fit' },
  // With the names that a browser has.
  { name: 'web types', run: () => program('typescript/bin/tsc', '--noEmit', '-p', 'web'), advice: 'the types of these lines do not fit' },
  { name: 'import law', run: async () => ofOffences([...importLaw(tree()), ...libraryHomes(tree())]), advice: 'the law is in ARCHITECTURE.md' },
  { name: 'import loops', run: async () => ofOffences(importLoops(tree())), advice: 'a file in a loop can see half-made neighbours' },
  {
    name: 'lock file',
    run: async () => ofOffences(lockFile(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))),
    advice: 'a fresh clone could not install',
  },
  { name: 'page texts', run: async () => ofOffences(pageTexts(tree())), advice: 'pages speak English and Portuguese' },
  { name: 'page sizes', run: async () => ofOffences(webBudgets(root)), advice: 'a page should show at once' },
  { name: 'file sizes', run: sizes, advice: 'a long file does more than one thing' },
]

let parsed: ReturnType<typeof readTree> | undefined
function tree() {
  return (parsed ??= readTree(root))
}

async function sizes(): Promise<Outcome> {
  const { warnings, offences } = fileSizes(tree())
  return { ok: offences.length === 0, text: [...warnings.map((warning) => `warning: ${line(warning)}`), ...offences.map(line)].join('\n') }
}

function line({ file, line: number, message }: Offence) {
  return `${file}:${number} ${message}`
}

function ofOffences(offences: Offence[]): Outcome {
  return { ok: offences.length === 0, text: offences.map(line).join('\n') }
}

function program(file: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', file), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ ok: code === 0, text: code === 0 ? '' : text.trim() }))
  })
}

/** Prints each part with its time and gives the names of those that failed. */
export async function check(): Promise<string[]> {
  const running = parts.map(async (part) => {
    const start = performance.now()
    const outcome = await part.run().catch((error: Error) => ({ ok: false, text: error.message }))
    return { ...part, ...outcome, seconds: (performance.now() - start) / 1000 }
  })
  const failed: string[] = []
  for (const part of running) {
    const { name, ok, text, advice, seconds } = await part
    if (text) console.log(text)
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(12)} ${seconds.toFixed(1)} s${ok ? '' : `  ${advice}`}`)
    if (!ok) failed.push(name)
  }
  console.log(failed.length ? `check failed: ${failed.join(', ')}` : 'check passed')
  return failed
}

if (import.meta.main) process.exitCode = (await check()).length ? 1 : 0
