/** `mod` is Cmd on a Mac and Ctrl elsewhere. Keys pressed one after the other are joined by a space: `g r`. */
export type Shortcut = {
  keys: string
  /** Its name in the sheet at `?`. */
  label: string
  /** Which part of the sheet it stands in. */
  group: string
  run: () => void
}

export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'repeat' | 'defaultPrevented'> & {
  target: EventTarget | null
}

/** How long the second key of `g r` may take. */
const sequenceMs = 1_000

/**
 * The one place that listens to keys. Whoever registers is heard until it takes itself back; of several with the same keys, the last
 * (a dialog over a page) is.
 */
export function createShortcuts({ isMac, now }: { isMac: boolean; now: () => number }) {
  const all: Shortcut[] = []
  const listeners = new Set<() => void>()
  let list: readonly Shortcut[] = []
  let before: { key: string; at: number } | null = null

  function changed() {
    list = [...all]
    for (const listener of listeners) listener()
  }

  return {
    register(shortcut: Shortcut): () => void {
      all.push(shortcut)
      changed()
      return () => {
        const at = all.indexOf(shortcut)
        if (at >= 0) all.splice(at, 1)
        changed()
      }
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** The same list until something changes. */
    list: () => list,
    /** True where the key was one of ours, and nobody else should act on it. */
    press(event: KeyPress): boolean {
      if (event.defaultPrevented || event.isComposing || event.repeat || event.key === 'Process' || event.key === 'Dead') return false
      const key = nameOf(event, isMac)
      if (key === null) return false
      // Plain keys are letters to whoever writes.
      if (!key.startsWith('mod+') && isWriting(event.target)) return false
      const both = before && now() - before.at <= sequenceMs ? `${before.key} ${key}` : null
      const found = all.findLast(({ keys }) => keys === both) ?? all.findLast(({ keys }) => keys === key)
      before = !found && all.some(({ keys }) => keys.startsWith(`${key} `)) ? { key, at: now() } : null
      found?.run()
      return found !== undefined
    },
  }
}

/** As shortcuts are written: `mod+k`, `?`, `Escape`; null for what can be none. */
function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress, isMac: boolean): string | null {
  const mod = isMac ? metaKey : ctrlKey
  const other = isMac ? ctrlKey : metaKey
  if (other || altKey || ['Control', 'Meta', 'Alt', 'Shift'].includes(key)) return null
  const name = key.length === 1 ? key.toLowerCase() : key
  // Shift is part of the sign where it makes another one (? or !), and is named where it does not.
  const shift = shiftKey && (key.length > 1 || /\p{L}/u.test(key)) ? 'shift+' : ''
  return `${mod ? 'mod+' : ''}${shift}${name}`
}

/** Fields, what can be edited, and what takes letters itself: lists that are searched by typing. */
function isWriting(target: EventTarget | null): boolean {
  const element = target as (EventTarget & { closest?: (selector: string) => unknown; isContentEditable?: boolean }) | null
  if (!element?.closest) return false
  return Boolean(element.isContentEditable) || element.closest('input, textarea, select, [role=menu], [role=listbox], [role=combobox]') !== null
}

/** For people: ['Ctrl', 'K'], or ['⌘', 'K'] on a Mac; keys that follow one another are each by itself. */
export function shownKeys(keys: string, isMac: boolean): string[] {
  return keys.split(' ').flatMap((part) =>
    part.split('+').map((key) => {
      if (key === 'mod') return isMac ? '⌘' : 'Ctrl'
      if (key === 'shift') return isMac ? '⇧' : 'Shift'
      return key.length === 1 ? key.toUpperCase() : key
    }),
  )
}
