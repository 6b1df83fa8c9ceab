/** JSON for a text column. What JSON cannot say (undefined, a function) becomes null, as it does inside arrays. */
export function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}

export function fromJson(text: string): unknown {
  return JSON.parse(text)
}
