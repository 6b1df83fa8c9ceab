import { expect, test } from 'vitest'
import { shortMessage } from './short-message.ts'

test.each([
  ["ENOENT: no such file or directory, open '/srv/app/data/x.csv'", "ENOENT: no such file or directory, open '…'"],
  ["Cannot find module '/work/a/node_modules/b/index.js' imported from /work/a/x.ts", "Cannot find module '…' imported from …"],
  ['Failed at file:///srv/app/index.ts:3:4 today', 'Failed at … today'],
  ['open C:\\Users\\me\\secret.txt', 'open …'],
  ['first\n    at run (/srv/app/index.ts:3:4)', 'first'],
  ['no rate at https://api.example.com/v1/rates for 1/2/2024', 'no rate at https://api.example.com/v1/rates for 1/2/2024'],
  ['a / b is not a number, and/or zero', 'a / b is not a number, and/or zero'],
  ['x'.repeat(600), 'x'.repeat(500)],
])('%s', (message, short) => {
  expect(shortMessage(message)).toBe(short)
})
