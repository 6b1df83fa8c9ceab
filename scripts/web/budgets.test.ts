import { expect, test } from 'vitest'
import { type BuildManifest, firstRoute, routeSizes } from './budgets.ts'

const manifest: BuildManifest = {
  'index.html': { file: 'assets/main.js', isEntry: true, imports: ['_react.js'] },
  '_react.js': { file: 'assets/react.js', imports: ['_shared.js'] },
  '_shared.js': { file: 'assets/shared.js', imports: ['_react.js'] },
  [firstRoute]: { file: 'assets/home.js', isDynamicEntry: true, imports: ['_react.js'] },
  'src/app/usage-page.tsx': { file: 'assets/usage.js', isDynamicEntry: true, imports: ['_chart.js', '_react.js'] },
  '_chart.js': { file: 'assets/chart.js' },
  'src/features/runs/raw-json.tsx': { file: 'assets/raw.js', isDynamicEntry: true },
  'src/app/home.css': { file: 'assets/home.css' },
}
const sizes: Record<string, number> = { main: 10, react: 100, shared: 1, home: 5, usage: 7, chart: 50, raw: 1000 }

test('a route weighs the entry and itself, each part once, whatever imports whatever', () => {
  const bytes = routeSizes(manifest, (file) => sizes[/\/(\w+)\./.exec(file)?.[1] ?? ''] ?? Number.NaN)
  expect(bytes).toEqual([
    { route: firstRoute, bytes: 116, limit: 175_000 },
    { route: 'src/app/usage-page.tsx', bytes: 168, limit: 200_000 },
  ])
})
