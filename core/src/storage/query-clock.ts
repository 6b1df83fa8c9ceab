/** What a database had to do since it was opened. */
export class QueryClock {
  queries = 0
  ms = 0

  add(ms: number) {
    this.queries++
    this.ms += ms
  }
}
