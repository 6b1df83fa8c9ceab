import { loadConfig } from '@cadre/core/config'
import { greeting, startCadre, startWorkerOnly } from './cadre.ts'
import { openLog } from './log.ts'
import { endOnDefects, stopOnSignals } from './process.ts'
import { releaseGarbage } from './release-garbage.ts'

export async function runServer() {
  const { config, log, argv } = open()
  const cadre = await startCadre({ config, log, argv })
  stopOnSignals(cadre.stop, log)
  process.stdout.write(`${await greeting(cadre)}\n`)
  await releaseGarbage()
}

export async function runWorker() {
  const { config, log } = open()
  const worker = await startWorkerOnly(config, log)
  stopOnSignals(worker.stop, log)
}

function open() {
  const argv = process.argv.slice(2)
  const config = loadConfig({ env: process.env, cwd: process.cwd(), argv })
  const log = openLog(config.log_level)
  for (const warning of config.warnings) log.warn(warning)
  endOnDefects(log)
  return { config, log, argv }
}
