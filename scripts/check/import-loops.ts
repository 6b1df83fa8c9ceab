import { type Offence, resolveImport, type SourceFile } from './source-files.ts'

/** Loops among the imports that exist at run time. `import type` is erased, and a dynamic `import()` runs later: neither counts. */
export function importLoops(files: SourceFile[]): Offence[] {
  const known = new Set(files.map((file) => file.path))
  const graph = new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter((found) => !found.typeOnly && !found.lazy)
        .map((found) => ({ line: found.line, to: resolveImport(known, file.path, found.specifier) })),
    ]),
  )
  const finished = new Set<string>()
  const offences: Offence[] = []

  function visit(path: string, trail: string[]) {
    for (const { to, line } of graph.get(path) ?? []) {
      if (!to || finished.has(to)) continue
      const start = trail.indexOf(to)
      if (start < 0) visit(to, [...trail, to])
      else {
        const loop = [...trail.slice(start), to].join(' -> ')
        offences.push({
          file: path,
          line,
          message: `import loop: ${loop}; move what both sides need into a file of its own, or make it an \`import type\``,
        })
      }
    }
    finished.add(path)
  }
  for (const { path } of files) if (!finished.has(path)) visit(path, [path])
  return offences
}
