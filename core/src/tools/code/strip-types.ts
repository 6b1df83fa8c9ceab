import { stripTypeScriptTypes } from 'node:module'

/** TypeScript without its types: what stood on a line still does. Throws an Error in words that name the line. */
export function stripTypes(source: string): string {
  return stripTypeScriptTypes(source, { mode: 'strip' })
}
