import { afterAll, describe, expect, test } from 'vitest'
import { databaseUrls } from '@cadre/core/storage/test/databases'
import { randomFrom } from './random-from.ts'
import { runTalk, talkPoints, type TalkResult } from './talk-chain.ts'

const kills = Number(process.env['CRASH_KILLS'] ?? 28)
const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** What went wrong, in words; empty when nothing did. */
function faultsOf({ said, differing, answers, links, agents }: TalkResult): string[] {
  const faults: string[] = []
  for (const message of said) {
    const count = answers.filter(({ content }) => content.includes(message)).length
    if (count !== 1) faults.push(`${message} was answered ${count} times`)
  }
  if (differing > 0) faults.push(`${differing} model calls were asked differently when they were played back`)
  const runs = answers.map(({ run_id }) => run_id)
  if (new Set(runs).size !== runs.length) faults.push('a run answered twice')
  faults.push(...answers.filter(({ status }) => status !== 'sent').map(({ content, status }) => `an answer is ${status}: ${content}`))
  faults.push(...links.filter(({ status }) => status !== 'answered').map(({ status }) => `a message is left as ${status}`))
  faults.push(...agents.filter(({ status, waits }) => status !== 'active' || waits).map(({ status }) => `an agent is left as ${status}`))
  return faults
}

describe.each(databaseUrls)('conversations killed at every named point, on $name', (database) => {
  const results: TalkResult[] = []
  afterAll(async () => {
    for (const { world } of results) await world.close()
  })

  test(`every message answered, once, and no agent left busy (${kills} kills, seed ${seed})`, { timeout: 1_200_000 }, async () => {
    const result = await runTalk({
      kills: Math.ceil(kills / databaseUrls.length),
      random: randomFrom(seed),
      // With few kills, each database has its own part of the points.
      offset: databaseUrls.indexOf(database) * Math.ceil(talkPoints.length / databaseUrls.length),
      database_url: await database.url(),
    })
    results.push(result)
    const byPoint = [...talkPoints, 'anywhere'].map((point) => `${point} ${result.kills[point] ?? 0}`)
    console.log(
      `${database.name}: seed ${seed}, ${result.said.length} messages (${result.added} put into work that had begun), ${result.answers.length} answers, kills: ${byPoint.join(', ')}`,
    )
    expect(faultsOf(result)).toEqual([])
  })
})
