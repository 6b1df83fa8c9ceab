import { expect, test } from 'vitest'
import { readData } from './read-data.ts'

test.each([
  ['  ', null],
  ['{"a": 1}', { as: 'json', data: { a: 1 } }],
  [' [1, 2]\n', { as: 'json', data: [1, 2] }],
  ['a,b\n1,2', { as: 'csv', data: { csv: 'a,b\n1,2' } }],
  ['a;b\r\n1;2\r\n', { as: 'csv', data: { csv: 'a;b\r\n1;2' } }],
  ['[not json', { as: 'text', data: { text: '[not json' } }],
  ['"just text"', { as: 'text', data: { text: '"just text"' } }],
  ['Dear all, hello\nhow are you', { as: 'text', data: { text: 'Dear all, hello\nhow are you' } }],
])('%j', (text, read) => {
  expect(readData(text)).toEqual(read)
})
