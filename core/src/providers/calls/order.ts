/** A model that may answer a call. `weight`: its share under `weighted`, 1 where it is left out. */
export type Candidate = { provider: string; model: string; weight?: number | undefined }
export type Strategy = 'failover' | 'weighted' | 'least_busy' | 'single'

/**
 * The order in which candidates are asked. `failover`: as they are written. `single`: there is only one. `weighted`: the first is drawn by its weight, the others likewise
 * from what is left. `least_busy`: by calls that are on their way, those of equal load as they are written.
 * @param random in [0, 1).
 */
export function orderOf<C extends Candidate>(
  candidates: readonly C[],
  strategy: Strategy,
  busy: (candidate: C) => number,
  random: () => number,
): C[] {
  if (strategy === 'failover' || strategy === 'single') return [...candidates]
  if (strategy === 'least_busy') return candidates.toSorted((one, other) => busy(one) - busy(other))
  const left = [...candidates]
  const order: C[] = []
  while (left.length > 0) order.push(...left.splice(drawn(left, random), 1))
  return order
}

function drawn(candidates: readonly Candidate[], random: () => number): number {
  const total = candidates.reduce((sum, { weight = 1 }) => sum + weight, 0)
  let at = random() * total
  const index = candidates.findIndex(({ weight = 1 }) => (at -= weight) < 0)
  return index < 0 ? candidates.length - 1 : index
}
