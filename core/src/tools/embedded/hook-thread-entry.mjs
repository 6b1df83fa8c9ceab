// Where a hook thread begins. JavaScript, and nothing before it, so that the cache of stripped and compiled code serves the thread as it
// serves the process: without it, the first call of a hook waits 300 ms for its TypeScript.
import { enableCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

if (workerData.compileCache) enableCompileCache(workerData.compileCache)
await import('./hook-thread.ts')
