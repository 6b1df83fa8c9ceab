import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('.', import.meta.url), handlers)
// The document of RFC 6901, section 5.
const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 }
const get = (pointer: string) => call('/get', { data: document, pointer })

test.each([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('%j', async (pointer, value) => expect(await get(pointer)).toEqual({ found: true, value }))

test.each(['/foo/2', '/foo/-', '/foo/01', '/foo/1e0', '/foo/length', '/constructor', '/__proto__', '/foo/0/0', '/nope/x'])(
  '%j finds nothing',
  async (pointer) => expect(await get(pointer)).toEqual({ found: false, value: null }),
)

test('what is no pointer is refused', async () => {
  await expect(get('foo')).rejects.toThrow(/^pointer: "foo" is not a JSON pointer/)
  await expect(get('/a~2')).rejects.toThrow(/^pointer: .*~0/)
})

// RFC 6901, section 6.
test.each([
  ['#', document],
  ['#/foo/0', 'bar'],
  ['#/a~1b', 1],
  ['#/c%25d', 2],
  ['#/e%5Ef', 3],
  ['#/k%22l', 6],
  ['#/%20', 7],
])('%s, as in a URI', async (pointer, value) => expect(await get(pointer)).toEqual({ found: true, value }))
