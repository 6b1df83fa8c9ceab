import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const fill = async (template: string, data: unknown, more = {}) => (await call('/template', { template, data, ...more })).text as string

test.each<[string, unknown, string]>([
  ['{{a}} {{b.c}} {{d.0}} {{d.length}}', { a: 1, b: { c: false }, d: [3] }, '1 false 3 1'],
  ['{{#a}}{{.}},{{/a}}', { a: [1, 'x'] }, '1,x,'],
  ['{{#a}}{{@number}}:{{n}}{{^@last}}, {{/@last}}{{/a}}', { a: [{ n: 'x' }, { n: 'y' }] }, '1:x, 2:y'],
  ['{{#z}}yes{{else}}no{{/z}}', { z: 0 }, 'no'],
  ['{{#a}}{{b}}{{c}}{{/a}}', { a: { b: 1 }, c: 2 }, '12'],
  ['{{#if x}}a{{else}}b{{/if}}{{#each l}}{{this}}{{/each}}{{#unless x}}c{{/unless}}', { l: [1, 2] }, 'b12c'],
  ['| a\n  {{#b}}\n| c\n  {{/b}}\n| d\n', { b: true }, '| a\n| c\n| d\n'],
  ['{{First Name}} {{first-name}}', { 'First Name': 'A', 'first-name': 'b' }, 'A b'],
  [
    '{{a | round: 2}} {{b | number: 2}} {{c | join: "; "}} {{d | length}}',
    { a: 1.005, b: -1234567.891, c: [1, 2], d: '😀x' },
    '1.01 -1,234,567.89 1; 2 2',
  ],
  ['{{x | default: "a|b" | upper}}{{e | default("-")}}', { e: '' }, 'A|B-'],
  ['{{constructor}}{{__proto__}}{{a.toString}}{{a.__proto__.x}}', { a: {} }, ''],
  ['{{! note }}{ {a} }', {}, '{ {a} }'],
])('%s', async (template, data, text) => expect(await fill(template, data)).toBe(text))

test('HTML is escaped on demand, but not in three braces', async () => {
  expect(await fill(`{{a}} {{{a}}} {{&a}}`, { a: `<"'&>` }, { escape: 'html' })).toBe(`&lt;&quot;&#39;&amp;&gt; <"'&> <"'&>`)
})

test('what is missing is answered, kept or refused', async () => {
  const input = { template: '{{x}} {{y.z}} {{x}}', data: { y: null } }
  expect(await call('/template', input)).toEqual({ text: '  ', missing: ['x', 'y.z'] })
  expect((await call('/template', { ...input, missing: 'keep' })).text).toBe('{{x}} {{y.z}} {{x}}')
  await expect(call('/template', { ...input, missing: 'error' })).rejects.toThrow('data: has no value for "x", "y.z"')
})

test.each([
  ['{{#a}}x', 'line 1: {{#a}} is never closed'],
  ['\n{{/a}}', 'line 2: {{/a}} closes nothing'],
  ['{{#a}}{{/b}}', '{{/b}} stands where {{/a}} (opened in line 1) is to be closed'],
  ['{{a', '{{ is never closed by }}'],
  ['{{> p}}', 'another template'],
  ['{{a | nope}}', 'the filter "nope" is not known; known: default, upper'],
  ['{{a | constructor}}', 'the filter "constructor" is not known'],
  ['{{a + b}}', '"a + b" is no name'],
  ['{{a.b()}}', 'is no name'],
  ['{{a | round}}', 'takes a number, not "x"'],
])('%s is refused', async (template, reason) => await expect(fill(template, { a: 'x' })).rejects.toThrow(reason))
