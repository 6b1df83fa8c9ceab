import { expect, test } from 'vitest'
import { recogniseKey } from './recognise-key.ts'

test.each([
  ['sk-ant-api03-abcdefghijklmnop', 'anthropic'],
  ['  sk-proj-abcdefghijklmnopqrst\n', 'openai'],
  ['sk-abcdefghijklmnopqrstuvwx', 'openai'],
  ['AIzaSyA1234567890abcdef', 'google'],
  ['sk-or-v1-abcdefghijklmnopqrst', null],
  ['something else', null],
  ['', null],
])('%s', (key, vendor) => {
  expect(recogniseKey(key)).toBe(vendor)
})
