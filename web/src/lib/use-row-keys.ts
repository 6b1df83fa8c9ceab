import { type RefObject, useRef } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { useShortcut } from './use-shortcut.ts'

/** j and k go from one `[data-row]` to the next and back; Enter follows it, as it is a link. */
export function useRowKeys<T extends HTMLElement>(): RefObject<T | null> {
  const { shell } = useTexts()
  const list = useRef<T>(null)
  const go = (by: 1 | -1) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]?.focus()
  }
  useShortcut('j', shell.nextRow, shell.groupPage, () => go(1))
  useShortcut('k', shell.previousRow, shell.groupPage, () => go(-1))
  return list
}
