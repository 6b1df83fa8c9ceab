const keyOf = (room: string) => `cadre.draft.${room}`

/** What was written and not sent, by room or thread, for the next visit. */
export function keptDraft(room: string): string {
  try {
    return localStorage.getItem(keyOf(room)) ?? ''
  } catch {
    // A browser that keeps nothing for us.
    return ''
  }
}

export function keepDraft(room: string, text: string) {
  try {
    if (text.trim() === '') localStorage.removeItem(keyOf(room))
    else localStorage.setItem(keyOf(room), text)
  } catch {
    // Then it is there until the page is left.
  }
}
