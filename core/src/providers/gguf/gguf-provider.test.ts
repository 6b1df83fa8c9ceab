import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { configuredProviders } from '../../config-providers.ts'
import { databases } from '../../storage/test/databases.ts'
import { addProvider } from '../add-provider.ts'
import { explainModelError } from '../explain-error.ts'
import { ModelCallFailed } from '../guarded-model.ts'
import { listAllModels } from '../list-models.ts'
import { owner, providersBench } from '../test/app.ts'
import { findLlama } from './find-llama.ts'
import { contextOf, filesProblem, ggufContext } from './gguf-files.ts'
import { GgufFailed } from './gguf-failed.ts'
import { readGgufHeader } from './gguf-header.ts'
import { missing, packages } from './test/packages.ts'
import { writeGguf, writeTinyModel } from './test/tiny-model.ts'

const folder = mkdtempSync(join(tmpdir(), 'cadre-gguf-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const models = join(folder, 'models')
mkdirSync(models)
for (const name of ['small', 'large-00001-of-00002', 'large-00002-of-00002', 'mmproj-small']) writeTinyModel(join(models, `${name}.gguf`))
writeFileSync(join(models, 'bad.gguf'), 'none')
writeFileSync(join(models, 'notes.txt'), 'none')
const bert = join(models, 'vectors.gguf')
writeGguf(
  bert,
  [
    ['general.architecture', 'nomic-bert'],
    ['tokenizer.ggml.token_type', { i32s: [1, 2] }],
    ['nomic-bert.context_length', 512],
    ['tokenizer.ggml.tokens', ['a', 'b']],
    ['general.name', 'behind'],
  ],
  {},
)

describe('the beginning of a file', () => {
  test('says what it is', () => {
    expect(readGgufHeader(join(models, 'small.gguf'))).toEqual({ architecture: 'llama', context_length: 2048, embeds: false })
    expect(readGgufHeader(bert)).toEqual({ architecture: 'nomic-bert', context_length: 512, embeds: true })
  })
  test('of another kind, version or length is refused', () => {
    const write = (bytes: Buffer) => {
      writeFileSync(join(folder, 'odd.gguf'), bytes)
      return join(folder, 'odd.gguf')
    }
    expect(filesProblem({ path: write(Buffer.from('GGML....')) })).toBe('odd.gguf is no GGUF file')
    expect(filesProblem({ path: write(Buffer.from('GGUF')) })).toMatch(/^odd\.gguf is damaged/)
    expect(filesProblem({ path: write(Buffer.from(`GGUF\u0007${'\0'.repeat(40)}`)) })).toMatch(/version that is not known here \(7\)/)
    // Counts that lie end the reading; what the file cannot say stays unknown.
    expect(readGgufHeader(write(Buffer.concat([Buffer.from('GGUF\u0003\0\0\0'), Buffer.alloc(16, 0xff)])))).toEqual({
      architecture: null,
      context_length: null,
      embeds: false,
    })
    expect(filesProblem({ path: join(folder, 'absent') })).toBe(`there is no file ${folder}/absent`)
    mkdirSync(join(folder, 'empty'))
    expect(filesProblem({ path: join(folder, 'empty') })).toBe(`there is no .gguf file in ${folder}/empty`)
  })
  test('bounds the context', () => {
    expect(contextOf({}, 131_072)).toBe(ggufContext)
    expect(contextOf({}, 2048)).toBe(2048)
    expect(contextOf({ context_size: 65_536 }, 131_072)).toBe(65_536)
    expect(contextOf({ context_size: 65_536 }, 2048)).toBe(2048)
  })
})

describe('as a provider', () => {
  const bench = providersBench(databases[0]?.empty ?? (() => Promise.reject(new Error('there is no database'))))

  test('a folder of files by CADRE_GGUF_DIR; without the package it says what to do', async () => {
    const app = bench.app({ env: { CADRE_GGUF_DIR: models } })
    if (existsSync(packages)) symlinkSync(packages, join(app.config.data_dir, 'packages'))
    const reason = findLlama(join(app.config.data_dir, 'packages')).problem
    expect((await app.providers.list('default')).find(({ id }) => id === 'gguf')).toMatchObject({
      type: 'gguf',
      options: { path: models },
      usable: reason === null,
      reason,
    })
    const { items, problems } = await listAllModels(app, owner, 'gguf')
    if (reason !== null) {
      expect(problems).toEqual([{ provider: 'gguf', error: reason }])
      return await expect(app.providers.resolveModel('default', 'gguf', 'small')).rejects.toThrow(`provider 'gguf' cannot be used: ${reason}`)
    }
    expect(items.map(({ model, card }) => [model, card.chat, card.embeddings, card.context_size])).toEqual([
      ['bad', null, null, null],
      ['large-00001-of-00002', true, false, 2048],
      ['small', true, false, 2048],
      ['vectors', false, true, 512],
    ])
    const { languageModel, ...resolved } = await app.providers.resolveModel('default', 'auto', 'small')
    expect(resolved).toMatchObject({ provider: 'gguf', model: 'small', context_size: 2048 })
    const long = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'x'.repeat(3000) }] }] }
    const refused = await languageModel.doGenerate(long).then(String, (error: unknown) => explainModelError(error, 'gguf'))
    expect(refused).toMatchObject({
      code: 'CONTEXT_TOO_LONG',
      message: expect.stringMatching(/^the prompt has about 30\d\d tokens, and small at gguf has a context of 2048/) as string,
    })
    expect(await app.providers.resolveEmbedding('default', 'auto', 'auto')).toMatchObject({ known: { id: 'gguf' }, model: 'vectors' })
  })

  test('one file by a line of models:, whatever it is called there', async () => {
    const path = join(models, 'small.gguf')
    const providers = configuredProviders({ models: [{ id: 'line', name: 'My model', type: 'gguf', path, context_size: 1024 }] }, 'cadre.yaml')
    expect(providers).toEqual([{ id: 'line', type: 'gguf', path, context_size: 1024 }])
    const app = bench.app({ providers })
    if (!existsSync(packages)) return expect((await app.providers.list('default'))[0]?.usable).toBe(missing === null)
    symlinkSync(packages, join(app.config.data_dir, 'packages'))
    expect(await app.providers.resolveModel('default', 'auto', 'line')).toMatchObject({ provider: 'line', model: 'small', context_size: 1024 })
  })

  test('one file by the API, with what belongs to it and nothing else', async () => {
    const app = bench.app()
    const path = join(models, 'small.gguf')
    expect(await addProvider(app, owner, { id: 'mine', type: 'gguf', path, threads: 2 })).toMatchObject({
      options: { path, threads: 2 },
      source: 'api',
    })
    const gone = await addProvider(app, owner, { id: 'gone', type: 'gguf', path: join(models, 'gone.gguf') })
    expect(gone.usable).toBe(false)
  })

  test('what goes wrong is told in its own words', () => {
    const failed = new ModelCallFailed({ type: 'gguf', model: 'm' }, new GgufFailed('MODEL_UNAVAILABLE', 'the process that held m.gguf ended'))
    expect(explainModelError(failed, 'mine')).toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: 'mine: the process that held m.gguf ended',
      retryable: true,
    })
  })
})
