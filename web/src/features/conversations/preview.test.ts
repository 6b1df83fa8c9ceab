import { expect, test } from 'vitest'
import { previewOf } from './preview.ts'

test.each([
  ['**For the board:** West grew', 'For the board: West grew'],
  ['## Result\n\n- `one`\n- two', 'Result one two'],
  ['See [the page](https://example.com) and ![a chart](x.png)', 'See the page and a chart'],
  ['snake_case * 2 > 1, 5 # 6', 'snake_case * 2 > 1, 5 # 6'],
  ['x'.repeat(500), 'x'.repeat(120)],
])('%j is shown as %j', (content, shown) => expect(previewOf(content)).toBe(shown))
