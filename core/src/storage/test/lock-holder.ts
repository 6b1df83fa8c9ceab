import { lockDataFolder } from '../data-folder.ts'

// A server process as far as its data folder is concerned: tries to get the lock, tells, and keeps it.
process.on('message', (dir: string) => {
  try {
    lockDataFolder(dir, 'server')
    process.send?.('locked')
  } catch (error) {
    process.send?.(error instanceof Error ? error.message : String(error))
  }
})
