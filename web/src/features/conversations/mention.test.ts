import type { Participant } from '@cadre/contract/participants'
import { expect, test } from 'vitest'
import { mentionable, mentionAt, mentionOf } from './mention.ts'

test.each([
  ['@', 1, { start: 0, query: '' }],
  ['hi @An', 6, { start: 3, query: 'an' }],
  ['hi (@an', 7, { start: 4, query: 'an' }],
  ['mail a@b', 8, null],
  ['@ana said', 9, null],
  ['@ana said', 2, { start: 0, query: 'a' }],
])('in %j at %d', (text, caret, mention) => {
  expect(mentionAt(text, caret)).toEqual(mention)
})

test('agents come first, oneself and the nameless never', () => {
  const party = (kind: 'user' | 'agent', id: string, name: string | null, slug: string | null = null) => ({ kind, id, name, slug }) as Participant
  const all = [party('user', 'me', 'Me'), party('user', 'u', 'Ana'), party('user', 'x', null), party('agent', 'a', 'Analyst', 'analyst')]
  expect(mentionable(all, 'an', 'me').map(mentionOf)).toEqual(['@analyst ', '@Ana '])
})
