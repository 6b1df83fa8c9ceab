import { useEffect, useRef, useSyncExternalStore } from 'react'
import { createShortcuts } from './shortcuts.ts'

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
export const shortcuts = createShortcuts({ isMac, now: () => performance.now() })

/** `run` counts as it was at the last rendering. */
export function useShortcut(keys: string, label: string, group: string, run: () => void, enabled = true) {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  useEffect(() => (enabled ? shortcuts.register({ keys, label, group, run: () => latest.current() }) : undefined), [keys, label, group, enabled])
}

export function useShortcutList() {
  return useSyncExternalStore(shortcuts.subscribe, shortcuts.list)
}

/** Called once, by the program itself. */
export function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    if (shortcuts.press(event)) event.preventDefault()
  })
}
