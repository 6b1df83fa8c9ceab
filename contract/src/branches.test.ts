import type { Message } from './messages.ts'
import { expect, test } from 'vitest'
import { branchWith, shownMessages, versionsOf } from './branches.ts'

const said = (seq: number, more: Partial<Message> = {}) =>
  ({ id: `m${seq}`, seq, author_kind: 'user', author_id: 'u', parent_id: null, metadata: null, active: true, ...more }) as Message
const answered = (seq: number, to: number, more: Partial<Message> = {}) =>
  said(seq, { author_kind: 'agent', author_id: 'a', parent_id: `m${to}`, ...more })
const off = { active: false }
const ids = (messages: readonly Message[]) => messages.map(({ id }) => id).join(' ')

test('without branches everything is shown, and there is nothing to choose', () => {
  const messages = [said(1), answered(2, 1), said(3)]
  const versions = versionsOf(messages)
  expect(versions.size).toBe(0)
  expect(shownMessages(messages, versions, {})).toBe(messages)
})

test('another answer: the newest is shown, the one before it when it is chosen', () => {
  const messages = [said(1), answered(2, 1, off), said(3, off), answered(4, 3, off), answered(5, 1)]
  const versions = versionsOf(messages)
  expect(versions.get('m2')?.map(({ id }) => id)).toEqual(['m2', 'm5'])
  expect(ids(shownMessages(messages, versions, {}))).toBe('m1 m5')
  expect(ids(shownMessages(messages, versions, { m2: 'm2' }))).toBe('m1 m2 m3 m4')
  expect(ids(shownMessages(messages, versions, { m2: 'm5' }))).toBe('m1 m5')
})

test('what was said anew, twice, and inside of one version another answer', () => {
  const anew = (seq: number, of: number, more: Partial<Message> = {}) => said(seq, { metadata: { branch_of: `m${of}` }, ...more })
  const messages = [said(1, off), answered(2, 1, off), answered(3, 1, off), anew(4, 1, off), answered(5, 4, off), anew(6, 4), answered(7, 6)]
  const versions = versionsOf(messages)
  expect(versions.get('m6')?.map(({ id }) => id)).toEqual(['m1', 'm4', 'm6'])
  expect(ids(shownMessages(messages, versions, {}))).toBe('m6 m7')
  expect(ids(shownMessages(messages, versions, { m1: 'm1' }))).toBe('m1 m3')
  expect(ids(shownMessages(messages, versions, { m1: 'm1', m2: 'm2' }))).toBe('m1 m2')
  expect(ids(shownMessages(messages, versions, { m1: 'm4' }))).toBe('m4 m5')
})

test('imported branches are followed from message to message', () => {
  const from = { metadata: { imported_from: 'chatgpt' } }
  const messages = [
    said(1, from),
    answered(2, 1, from),
    answered(3, 1, { ...from, ...off }),
    said(4, { ...from, parent_id: 'm2' }),
    said(5, { ...from, ...off, parent_id: 'm3' }),
  ]
  const versions = versionsOf(messages)
  expect(ids(shownMessages(messages, versions, {}))).toBe('m1 m2 m4')
  expect(ids(shownMessages(messages, versions, { m2: 'm3' }))).toBe('m1 m3 m5')
})

test('what was said after an earlier version was shown again belongs to it, and not to the one that came last', () => {
  // m2 is answered anew by m3, whose end m4 is left for m2 again: m5 follows m2, m6 is an answer to it.
  const messages = [
    said(1),
    answered(2, 1, { metadata: { went_on: [{ seq: 4, event: 9 }] } }),
    answered(3, 1, off),
    said(4, off),
    said(5),
    answered(6, 5),
  ]
  const versions = versionsOf(messages)
  expect(ids(shownMessages(messages, versions, {}))).toBe('m1 m2 m5 m6')
  expect(ids(shownMessages(messages, versions, { m2: 'm3' }))).toBe('m1 m3 m4')
  expect(ids(branchWith(messages, 'm6'))).toBe('m1 m2 m5 m6')
  expect(ids(branchWith(messages, 'm3'))).toBe('m1 m3 m4')
  // Changed twice with nothing said between: the later one holds, whichever message stands first.
  const back = messages.map((message) => (message.id === 'm4' ? { ...message, metadata: { went_on: [{ seq: 4, event: 12 }] } } : message))
  expect(ids(branchWith(back, 'm3'))).toBe('m1 m3 m4 m5 m6')
})

test('a branch of what was imported goes on from the one that was shown', () => {
  const from = { metadata: { imported_from: 'chatgpt' } }
  const messages = [said(1, from), answered(2, 1, from), answered(3, 1, { ...from, ...off }), said(4, { ...from, ...off, parent_id: 'm3' }), said(5)]
  expect(ids(branchWith(messages, 'm5'))).toBe('m1 m2 m5')
  expect(ids(branchWith(messages, 'm3'))).toBe('m1 m3 m4')
})

test('marks that are none, a circle of parents and an unknown message change nothing and end', () => {
  const from = { imported_from: 'chatgpt' }
  const messages = [
    said(1, { parent_id: 'm2', metadata: from }),
    said(2, { ...off, parent_id: 'm1', metadata: { ...from, went_on: [7, null, { seq: 'x' }] } }),
  ]
  expect(ids(branchWith(messages, 'm2'))).toBe('m1 m2')
  expect(branchWith(messages, 'm9')).toEqual([])
})
