import { writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

// Ends its whole process when that takes more memory than it may, or when whoever started it is gone. 25 ms let a query take about 100 MB
// more than its limit (measured with randomblob).
const parent = process.ppid
let timer: NodeJS.Timeout | undefined

parentPort?.on('message', (limit: number | null) => {
  clearInterval(timer)
  if (limit !== null) timer = setInterval(() => check(limit), 25)
})

function check(limit: number) {
  const tooMuch = process.memoryUsage.rss() > limit
  if (!tooMuch && process.ppid === parent) return
  if (tooMuch) writeSync(2, memoryWord)
  process.kill(process.pid, 'SIGKILL')
}
const memoryWord = 'cadre: out of memory'
