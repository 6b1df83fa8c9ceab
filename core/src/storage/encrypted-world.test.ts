import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld } from '../test/world.ts'

test('a whole Cadre works on an encrypted database, and its folder holds no word of a run', async () => {
  const words = { input: 'planted-in-the-input', answer: 'planted-in-the-answer', prompt: 'planted-in-the-prompt', call: 'planted-in-a-call' }
  const world = await newWorld({ env: { CADRE_ENCRYPT_DATABASE: 'true', CADRE_KEY: Buffer.alloc(32, 7).toString('base64') } })
  const telltales = () =>
    readdirSync(world.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name))] as const)
      .filter(([, bytes]) => Object.values(words).some((word) => bytes.includes(word)))
      .map(([name]) => name)
  try {
    const agent = await world.agent({ system_prompt: words.prompt })
    world.says((request) =>
      resultsSoFar(request).length > 0 ? { text: words.answer } : { calls: [{ tool: 'calculator__calculate', input: { expression: words.call } }] },
    )
    expect(await world.run(agent, { input: words.input })).toMatchObject({ status: 'completed', output: { result: words.answer } })
    expect(readdirSync(world.data)).toEqual(expect.arrayContaining(['cadre.db', 'cadre.db-wal', 'cadre.db.key']))
    expect(telltales()).toEqual([])
  } finally {
    await world.close()
  }
  expect(telltales()).toEqual([])
})
