import { readdirSync, readFileSync, lstatSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Bytes that a folder takes on disk, like `du`; symbolic links are not followed. */
export function diskUse(folder: string, skip: (name: string) => boolean = () => false): number {
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) => {
      if (skip(entry.name)) return sum
      const path = join(folder, entry.name)
      return sum + (entry.isDirectory() ? diskUse(path, skip) : lstatSync(path).blocks * 512)
    },
    lstatSync(folder).blocks * 512,
  )
}

/** Resident memory of one process in bytes. */
export function residentMemory(pid: number): number {
  if (process.platform === 'linux') return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
}

/** CPU time that one process took so far, all its threads, in milliseconds; where that cannot be read, nothing. */
export function cpuTime(pid: number): number {
  if (process.platform !== 'linux') return NaN
  const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user = NaN, system = NaN] = after.split(' ').slice(11, 13).map(Number)
  // In hundredths of a second, on every Linux that Node runs on.
  return (user + system) * 10
}
