import { expect, test, vi } from 'vitest'
import { createShortcuts, type KeyPress, shownKeys } from './shortcuts.ts'

function setUp({ isMac = false } = {}) {
  let time = 0
  const shortcuts = createShortcuts({ isMac, now: () => time })
  const ran: string[] = []
  const register = (keys: string, name = keys) => shortcuts.register({ keys, label: name, group: 'x', run: () => ran.push(name) })
  return { shortcuts, ran, register, wait: (ms: number) => (time += ms) }
}

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  return {
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    repeat: false,
    defaultPrevented: false,
    target: null,
    ...more,
  }
}
/** An element that is, or stands in, what the selector names. */
const inside = (selector: string) => ({ closest: (wanted: string) => (wanted.includes(selector) ? {} : null) }) as unknown as EventTarget

test.each<[keys: string, event: KeyPress, isMac: boolean]>([
  ['mod+k', press('k', { ctrlKey: true }), false],
  ['mod+k', press('k', { metaKey: true }), true],
  ['mod+k', press('K', { ctrlKey: true }), false],
  ['mod+Enter', press('Enter', { ctrlKey: true }), false],
  ['mod+shift+p', press('P', { ctrlKey: true, shiftKey: true }), false],
  ['?', press('?', { shiftKey: true }), false],
  ['?', press('?'), false],
  ['shift+ArrowDown', press('ArrowDown', { shiftKey: true }), false],
])('%s is pressed by its keys', (keys, event, isMac) => {
  const { shortcuts, ran, register } = setUp({ isMac })
  register(keys)
  expect(shortcuts.press(event)).toBe(true)
  expect(ran).toEqual([keys])
})

test.each<[what: string, event: KeyPress]>([
  ['in a field', press('n', { target: inside('input') })],
  ['in a text', press('n', { target: inside('textarea') })],
  ['in what can be edited', press('n', { target: { ...inside('x'), isContentEditable: true } as unknown as EventTarget })],
  ['in a menu that is searched by typing', press('n', { target: inside('[role=menu]') })],
  ['during composition', press('n', { isComposing: true })],
  ['of a composition', press('Process')],
  ['held down', press('n', { repeat: true })],
  ['with another modifier', press('n', { altKey: true })],
  ['with the other system key', press('n', { metaKey: true })],
  ['that somebody acted on', press('n', { defaultPrevented: true })],
])('a plain key %s is nothing to us', (_what, event) => {
  const { shortcuts, ran, register } = setUp()
  register('n')
  expect(shortcuts.press(event)).toBe(false)
  expect(ran).toEqual([])
})

test('keys with the modifier work in fields, too', () => {
  const { shortcuts, ran, register } = setUp()
  register('mod+k')
  expect(shortcuts.press(press('k', { ctrlKey: true, target: inside('input') }))).toBe(true)
  expect(ran).toEqual(['mod+k'])
})

test('one key after the other, in time', () => {
  const { shortcuts, ran, register, wait } = setUp()
  register('g r')
  register('r')
  shortcuts.press(press('g'))
  wait(900)
  shortcuts.press(press('r'))
  shortcuts.press(press('g'))
  wait(1_100)
  shortcuts.press(press('r'))
  expect(ran).toEqual(['g r', 'r'])
})

test('the last to register is heard, and the one before it again when that is gone', () => {
  const { shortcuts, ran, register } = setUp()
  register('Escape', 'page')
  const remove = register('Escape', 'dialog')
  shortcuts.press(press('Escape'))
  remove()
  shortcuts.press(press('Escape'))
  expect(ran).toEqual(['dialog', 'page'])
})

test('the list is the same until it changes', () => {
  const { shortcuts, register } = setUp()
  const heard = vi.fn<() => void>()
  shortcuts.subscribe(heard)
  const remove = register('n')
  const list = shortcuts.list()
  expect(shortcuts.list()).toBe(list)
  remove()
  expect(shortcuts.list()).toEqual([])
  expect(heard).toHaveBeenCalledTimes(2)
})

test('keys are shown as they are written on the keyboard', () => {
  expect([shownKeys('mod+shift+k', true), shownKeys('mod+k', false), shownKeys('g r', false)]).toEqual([
    ['⌘', '⇧', 'K'],
    ['Ctrl', 'K'],
    ['G', 'R'],
  ])
})
