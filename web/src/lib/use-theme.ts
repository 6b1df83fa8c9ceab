import { createTheme } from './theme.ts'

const nowhere = { getItem: () => null, setItem: () => {}, removeItem: () => {} }

/** Reading `localStorage` throws where a browser keeps nothing for us. */
function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  try {
    return localStorage
  } catch {
    return nowhere
  }
}

export const theme = createTheme({ root: document.documentElement, storage: storage(), system: matchMedia('(prefers-color-scheme: dark)') })
