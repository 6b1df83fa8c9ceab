import { describe, expect, test } from 'vitest'
import { type Candidate, chooseAgents, type Room, type Unanswered } from './choose-agent.ts'

const persona = { role: null, backstory: null, goal: null }
const candidates: Candidate[] = [
  {
    ...persona,
    id: 'a_sql',
    name: 'Data Cleaner',
    description: 'Cleans tables and answers questions about sales data with SQL',
    system_prompt: 'x',
    last_seq: 3,
  },
  {
    ...persona,
    id: 'a_txt',
    name: 'Writer',
    description: 'Writes and translates letters and articles',
    system_prompt: 'You write well.',
    last_seq: 9,
  },
]
const room = (change: Partial<Room> = {}): Room => ({ people: 1, candidates, chain: [], max_hops: 4, ...change })
const from = (content: string, change: Partial<Unanswered> = {}): Unanswered => ({
  content,
  author: { kind: 'user', id: 'u' },
  hop: 0,
  mentioned: [],
  replies_to: null,
  ...change,
})
const idsOf = (messages: Unanswered[], change: Partial<Room> = {}) => chooseAgents(messages, room(change)).agents

describe('who answers', () => {
  test('whoever is named, all of them, in the order of the text; before whoever would fit better', () => {
    expect(idsOf([from('clean the sales table', { mentioned: ['a_txt', 'a_sql'] })])).toEqual([
      { id: 'a_txt', why: 'mentioned' },
      { id: 'a_sql', why: 'mentioned' },
    ])
    expect(idsOf([from('x', { mentioned: ['gone'] })], { people: 2 })).toEqual([])
  })

  test('whose message it replies to', () => {
    expect(idsOf([from('and then?', { replies_to: 'a_sql' })], { people: 3 })).toEqual([{ id: 'a_sql', why: 'replied to' }])
    expect(idsOf([from('and you?', { replies_to: 'a_sql', mentioned: ['a_txt'] })])).toEqual([{ id: 'a_txt', why: 'mentioned' }])
  })

  test('one that is alone with a person', () => {
    expect(idsOf([from('hi')], { candidates: candidates.slice(0, 1) })).toEqual([{ id: 'a_sql', why: 'alone' }])
  })

  test('with one person and several agents the one that fits, else who spoke last', () => {
    expect(idsOf([from('which table has the most sales?')])).toEqual([{ id: 'a_sql', why: 'relevant' }])
    expect(idsOf([from('translate this letter, please')])).toEqual([{ id: 'a_txt', why: 'relevant' }])
    expect(idsOf([from('ok')])).toEqual([{ id: 'a_txt', why: 'recent' }])
  })

  test('among several people nobody who is not addressed', () => {
    expect(idsOf([from('which table has the most sales?')], { people: 2 })).toEqual([])
  })

  test('an agent answers an agent only where it is named, never itself, and within the limits of a chain', () => {
    const author = { kind: 'agent', id: 'a_sql' }
    expect(idsOf([from('the letters are written', { author, hop: 1 })])).toEqual([])
    expect(idsOf([from('@me', { author, hop: 1, mentioned: ['a_sql'] })])).toEqual([])
    expect(idsOf([from('@Writer', { author, hop: 1, mentioned: ['a_txt'] })])).toEqual([{ id: 'a_txt', why: 'mentioned' }])
    const late = chooseAgents([from('@Writer', { author, hop: 5, mentioned: ['a_txt'] })], room())
    expect(late).toEqual({ agents: [], refused: [{ id: 'a_txt', why: 'hops' }] })
    // What a person asked at the same time is answered all the same.
    expect(idsOf([from('x', { author, hop: 5, mentioned: ['a_txt'] }), from('y', { mentioned: ['a_txt'] })])).toEqual([
      { id: 'a_txt', why: 'mentioned' },
    ])
  })

  test('role, goal and backstory tell who fits as well', () => {
    const cook = { ...persona, id: 'a_cook', name: 'Ana', description: null, system_prompt: 'x', last_seq: 0 }
    for (const field of ['role', 'goal', 'backstory'] as const) {
      const known = [...candidates, { ...cook, [field]: 'cooking soups and desserts' }]
      expect(idsOf([from('which desserts go with lentil soup?')], { candidates: known }), field).toEqual([{ id: 'a_cook', why: 'relevant' }])
    }
  })
})
