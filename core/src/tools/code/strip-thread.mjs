// Takes the types out of one source. See strip-types.ts for why this is a thread.
import { stripTypeScriptTypes } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

function strip(source) {
  try {
    return { code: stripTypeScriptTypes(source, { mode: 'strip' }) }
  } catch (error) {
    if (error.code !== 'ERR_INVALID_TYPESCRIPT_SYNTAX' && error.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
      return { code: null, error: 'it is nested too deeply for its types to be read' }
    // Node puts the place and the line before the stack: `:3\n  const a = \n  ^`.
    const [, line] = /:(\d+)\n/.exec(error.stack) ?? []
    return { code: null, error: `${error.message}${line ? ` (line ${line})` : ''}` }
  }
}
parentPort.postMessage(strip(workerData))
