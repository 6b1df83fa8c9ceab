/** Whether the server answers, as the last call or stream found it. */
function createReach() {
  const listeners = new Set<() => void>()
  let there = true
  return {
    get: () => there,
    tell(answers: boolean) {
      if (answers === there) return
      there = answers
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export const reach = createReach()
