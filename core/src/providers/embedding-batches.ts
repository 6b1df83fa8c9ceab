/** What one caller wants. */
export type Wish = {
  texts: readonly string[]
  signal: AbortSignal
  vectors: number[][]
  left: number
  tokens: number
  estimated: boolean
  /** Of texts that were sent and are not answered yet, as we count. */
  sent: number
  /** It has its answer, or its caller went away. */
  over: boolean
  done: (found: { vectors: number[][]; tokens: number; estimated: boolean }) => void
  fail: (reason: unknown) => void
}
/** One text of a wish. */
export type Piece = { wish: Wish; index: number; text: string }

/** The texts of all, in the order in which they came, in batches of at most so many texts and characters; a longer text is a batch alone. */
export function embeddingBatches(wishes: readonly Wish[], { texts, chars }: { texts: number; chars: number }): Piece[][] {
  const batches: Piece[][] = []
  let batch: Piece[] = []
  let size = 0
  for (const wish of wishes) {
    for (const [index, text] of wish.texts.entries()) {
      if (batch.length > 0 && (batch.length >= texts || size + text.length > chars)) {
        batches.push(batch)
        batch = []
        size = 0
      }
      batch.push({ wish, index, text })
      size += text.length
    }
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
