import type * as Library from '@e965/xlsx'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { MAX_BYTES } from './zip.ts'

/** In place of the library's own packing in JavaScript, which takes half of the time of writing and packs half as well. */
class InflateRaw {
  bytesRead = 0
  _finishFlushFlag = constants.Z_FINISH
  /** @param packed what follows the packed bytes is left alone. */
  _processChunk(packed: Uint8Array): Buffer {
    const { buffer, engine } = inflateRawSync(packed, { info: true, maxOutputLength: MAX_BYTES }) as unknown as Inflated
    this.bytesRead = engine.bytesWritten
    return buffer
  }
}

/** What `info` adds is missing in the types. */
type Inflated = { buffer: Buffer; engine: { bytesWritten: number } }

let library: Promise<typeof Library> | undefined

/** What reads and writes workbooks. It is large, and most calls need none. */
export function workbookLibrary() {
  library ??= import('@e965/xlsx').then((loaded) => {
    loaded.CFB.utils.use_zlib({ InflateRaw, deflateRawSync })
    return loaded
  })
  return library
}
