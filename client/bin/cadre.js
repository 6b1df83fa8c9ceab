#!/usr/bin/env node
// Runs on any Node from 20 on and needs no package (nothing by name that Node 20 lacks: it would not even load): it starts the command on Node 24, which runs its TypeScript as it is.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const itself = realpathSync(fileURLToPath(import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache(join(dirname(itself), '../../node_modules/.cache/cadre'))
  await import('../src/cli/main.ts')
} else {
  const node = findNode(dirname(itself))
  if (node) rerun(node)
  else {
    process.stderr.write(
      `cadre needs Node.js 24 or later; this is ${process.version}, and there is no npm package "node" (24.x) beside Cadre. ` +
        'Run `npm install` in its folder, or use a newer Node.js.\n',
    )
    process.exitCode = 1
  }
}

/** The program of the npm package `node`, in the nearest node_modules upwards that has it. */
function findNode(folder) {
  const file = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(file)) return file
  return dirname(folder) === folder ? undefined : findNode(dirname(folder))
}

function rerun(node) {
  const child = spawn(node, [itself, ...process.argv.slice(2)], { stdio: 'inherit' })
  // The child says what a signal means; a terminal sends its Ctrl-C to the child as well.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`cadre cannot start ${node}: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)))
}
