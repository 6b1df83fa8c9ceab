import type { Offence, SourceFile } from './source-files.ts'

const warnOver = 300
const failOver = 500

/** Documents, SQL and JSON are not counted. */
export function fileSizes(files: SourceFile[]): { warnings: Offence[]; offences: Offence[] } {
  const over = (limit: number, upTo: number) =>
    files
      .filter(({ lines }) => lines > limit && lines <= upTo)
      .map(({ path, lines }) => ({
        file: path,
        line: lines,
        message: `${lines} lines, more than ${limit}; give each of the things it does a file of its own`,
      }))
  return { warnings: over(warnOver, failOver), offences: over(failOver, Infinity) }
}
