import { expect, test } from 'vitest'
import { createTheme, themeKey } from './theme.ts'

function surroundings(kept: Record<string, string> = {}) {
  const listeners: (() => void)[] = []
  const system = { matches: false, addEventListener: (_type: 'change', listener: () => void) => void listeners.push(listener) }
  const values = new Map(Object.entries(kept))
  return {
    root: { dataset: {} as { theme?: string } },
    storage: {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
      removeItem: (key: string) => void values.delete(key),
    },
    system,
    values,
    becomeDark: () => {
      system.matches = true
      for (const listener of listeners) listener()
    },
  }
}

test('follows the system until something is chosen, and again when that is taken back', () => {
  const around = surroundings()
  const theme = createTheme(around)
  const seen = [around.root.dataset.theme]
  around.becomeDark()
  seen.push(around.root.dataset.theme)
  theme.set('light')
  seen.push(around.root.dataset.theme)
  expect(around.values.get(themeKey)).toBe('light')
  theme.set('system')
  seen.push(around.root.dataset.theme)
  expect(seen).toEqual(['light', 'dark', 'light', 'dark'])
  expect(around.values.size).toBe(0)
})

test('what was chosen before counts; what nobody can have chosen does not', () => {
  expect([{ [themeKey]: 'dark' }, { [themeKey]: 'pink' }].map((kept) => createTheme(surroundings(kept)).get())).toEqual(['dark', 'system'])
})

test('works where nothing can be kept', () => {
  const refuse = () => {
    throw new DOMException('denied', 'SecurityError')
  }
  const around = { ...surroundings(), storage: { getItem: refuse, setItem: refuse, removeItem: refuse } }
  createTheme(around).set('dark')
  expect(around.root.dataset.theme).toBe('dark')
})
