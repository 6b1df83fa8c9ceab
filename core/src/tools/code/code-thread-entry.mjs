// Where a thread of the sandbox begins; see hook-thread-entry.mjs. What was compiled is kept at once: such a thread is often ended from
// outside, which would lose it.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

if (workerData.compileCache) enableCompileCache(workerData.compileCache)
await import('./code-thread.ts')
if (workerData.compileCache) flushCompileCache()
