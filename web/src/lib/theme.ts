export const themes = ['light', 'dark', 'system'] as const
export type Theme = (typeof themes)[number]

/** As web/public/theme.js reads it. */
export const themeKey = 'cadre.theme'

type Surroundings = {
  root: { dataset: { theme?: string } }
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Whether the system is dark, and when that changes. */
  system: { readonly matches: boolean; addEventListener(type: 'change', listener: () => void): void }
}

/** Light, dark, or as the system has it, followed while it changes. */
export function createTheme({ root, storage, system }: Surroundings) {
  const listeners = new Set<() => void>()
  let theme = read(storage)
  const show = () => {
    root.dataset.theme = theme === 'system' ? (system.matches ? 'dark' : 'light') : theme
  }
  show()
  system.addEventListener('change', show)
  return {
    get: () => theme,
    set(next: Theme) {
      theme = next
      keep(storage, next)
      show()
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function read(storage: Surroundings['storage']): Theme {
  try {
    const kept = storage.getItem(themeKey)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    // A browser that keeps nothing for us.
    return 'system'
  }
}

function keep(storage: Surroundings['storage'], theme: Theme) {
  try {
    if (theme === 'system') storage.removeItem(themeKey)
    else storage.setItem(themeKey, theme)
  } catch {
    // Then the choice holds until the page is closed.
  }
}
