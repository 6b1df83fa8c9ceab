/** CSV, JSON or Parquet by the end of the file's name; null for what DuckDB does not read. */
export function kindOf(path: string): 'csv' | 'json' | 'parquet' | null {
  const [, end = ''] = /\.([a-z0-9]+)(?:\.(?:gz|zst))?$/i.exec(path) ?? []
  if (/^(csv|tsv|txt|tab|psv|dat)$/i.test(end)) return 'csv'
  if (/^(json|ndjson|jsonl|geojson)$/i.test(end)) return 'json'
  return /^(parquet|pq|parq)$/i.test(end) ? 'parquet' : null
}
