/** The id that the answer of a run will have: whoever shows it while it is written knows it before it is stored. */
export function replyId(runId: string): string {
  return `msg_${runId.slice(runId.indexOf('_') + 1)}`
}
