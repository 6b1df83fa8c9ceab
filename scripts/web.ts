import { join } from 'node:path'
import { buildWeb } from './web/build-web.ts'

// Builds the pages of web/ into web/dist. `scripts/setup.mjs` starts it where they are missing or older than their sources.

const seconds = await buildWeb(join(import.meta.dirname, '..'))
process.stderr.write(seconds === null ? 'There are no pages in web/ to build.\n' : `Built the pages in ${seconds.toFixed(1)} s.\n`)
