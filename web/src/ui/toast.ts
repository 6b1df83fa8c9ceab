import type { ReactNode } from 'react'

export type Toast = {
  id: number
  text: ReactNode
  tone: 'plain' | 'danger'
  action: { label: string; run: () => void } | null
  onGone: (() => void) | null
}

let next = 1
let list: readonly Toast[] = []
const listeners = new Set<() => void>()

function change(now: readonly Toast[]) {
  list = now
  for (const listener of listeners) listener()
}

/** Says that something was done. `action` is a way back; `onGone` is called when it can no longer be taken. */
export function toast(text: ReactNode, more: Partial<Omit<Toast, 'id' | 'text'>> = {}) {
  change([...list.slice(-3), { id: next++, text, tone: 'plain', action: null, onGone: null, ...more }])
}

export const toasts = {
  list: () => list,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  dismiss: (id: number) => change(list.filter((toast) => toast.id !== id)),
}
