import { snake, words } from './words.ts'
import type { Aggregate, AggregateOp } from './types.ts'

const WORD: Record<AggregateOp, string> = {
  sum: 'total',
  avg: 'average',
  median: 'median',
  min: 'minimum',
  max: 'maximum',
  count: 'count',
  count_distinct: 'count',
  stddev: 'standard deviation',
  variance: 'variance',
  mode: 'mode',
}
const KEY: Record<AggregateOp, string> = {
  sum: 'total',
  avg: 'average',
  median: 'median',
  min: 'min',
  max: 'max',
  count: 'count',
  count_distinct: 'count',
  stddev: 'stddev',
  variance: 'variance',
  mode: 'mode',
}

/** The column in which a figure stands in results. */
export function nameOf(aggregate: Aggregate): string {
  if (aggregate.field === null) return 'count'
  return aggregate.op === 'count_distinct' ? `distinct_${snake(aggregate.field)}` : `${KEY[aggregate.op]}_${snake(aggregate.field)}`
}

export function spoken(aggregate: Aggregate): string {
  if (aggregate.field === null) return 'number of rows'
  if (words(aggregate.field).includes(WORD[aggregate.op])) return `${aggregate.op === 'sum' ? 'sum' : WORD[aggregate.op]} of ${aggregate.field}`
  return aggregate.op === 'count_distinct' ? `number of different ${aggregate.field} values` : `${WORD[aggregate.op]} ${aggregate.field}`
}

/** What tools may call each aggregate. */
export const AGGREGATE_WORDS: Record<AggregateOp, string[]> = {
  sum: ['sum', 'total'],
  avg: ['avg', 'average', 'mean'],
  median: ['median'],
  min: ['min'],
  max: ['max'],
  count: ['count'],
  count_distinct: ['count_distinct', 'distinct', 'countDistinct', 'unique_count'],
  stddev: ['stdev', 'stddev', 'std'],
  variance: ['variance', 'var'],
  mode: ['mode'],
}
