import { openLogTail } from '@cadre/core/telemetry/log-tail'
import { loadConfig } from '@cadre/core/config'
import { greeting, startCadre, startWorkerOnly } from './cadre.ts'
import { openLog } from './log.ts'
import { endOnDefects, stopOnSignals } from './process.ts'
import { releaseGarbage } from './release-garbage.ts'

export async function runServer() {
  const { config, log, logs, argv } = open()
  const cadre = await startCadre({ config, log, logs, argv })
  stopOnSignals(cadre.stop, log)
  process.stdout.write(`${await greeting(cadre)}\n`)
  await releaseGarbage()
}

export async function runWorker() {
  const { config, log, logs } = open()
  const worker = await startWorkerOnly(config, log, logs)
  stopOnSignals(worker.stop, log)
}

function open() {
  const argv = process.argv.slice(2)
  const config = loadConfig({ env: process.env, cwd: process.cwd(), argv })
  const logs = openLogTail()
  const log = openLog(config.log_level, logs)
  for (const warning of config.warnings) log.warn(warning)
  endOnDefects(log)
  return { config, log, logs, argv }
}
