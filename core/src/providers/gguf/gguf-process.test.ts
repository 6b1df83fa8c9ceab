import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { findLlama, llamaVersion } from './find-llama.ts'
import { openGguf } from './open-gguf.ts'
import { ggufBench, missing, packages } from './test/packages.ts'
import { writeTinyModel } from './test/tiny-model.ts'

const asking = (text: string): LanguageModelV3CallOptions => ({ prompt: [{ role: 'user', content: [{ type: 'text', text }] }], temperature: 0 })

/** Begins an answer without end and comes back at its first piece. */
async function begin(model: LanguageModelV3, signal?: AbortSignal) {
  const { stream } = await model.doStream({ ...asking('x'), ...(signal ? { abortSignal: signal } : {}) })
  const reader = stream.getReader()
  while ((await reader.read()).value?.type !== 'text-delta');
  return {
    reader,
    error: async () => {
      for (;;) {
        const { value, done } = await reader.read()
        if (value?.type === 'error') return value.error
        if (done || value?.type === 'finish') return undefined
      }
    },
  }
}

describe.skipIf(missing !== null)(`the process of a model file${missing === null ? '' : ` (left out: ${missing})`}`, () => {
  const { folder, gguf } = ggufBench()
  const model = (name: string, tiny: Parameters<typeof writeTinyModel>[1], more: object = {}) => {
    const path = join(folder, `${name}.gguf`)
    writeTinyModel(path, tiny)
    return gguf.model({ path, threads: 2, ...more }, name)
  }
  const processOf = (name: string) => {
    const found = gguf.processes().find((each) => each.file.endsWith(`${name}.gguf`))
    if (!found) throw new Error(`no process holds ${name}`)
    return found
  }
  // Written once: a file that is loaded is mapped into the memory of its process.
  const talker = model('endless', { says: ['on ', 'and '], endless: true, context: 8192 })

  test('an abort ends the answer, and the same process takes the next call', async () => {
    const controller = new AbortController()
    const { error } = await begin(talker, controller.signal)
    const { pid } = processOf('endless')
    controller.abort(new Error('enough'))
    expect(await error()).toBe(controller.signal.reason)
    expect(await talker.doGenerate({ ...asking('x'), maxOutputTokens: 2 })).toMatchObject({ content: [{ text: 'on and ' }] })
    expect(processOf('endless').pid).toBe(pid)
    await expect(talker.doGenerate({ ...asking('x'), abortSignal: controller.signal })).rejects.toThrow('enough')
  })

  test('a stream that nobody reads on is ended', async () => {
    const { reader } = await begin(talker)
    await reader.cancel()
    expect(await talker.doGenerate({ ...asking('x'), maxOutputTokens: 1 })).toMatchObject({ content: [{ text: 'on ' }] })
  })

  test('a call that waits can be ended before its turn', async () => {
    const first = await begin(talker)
    const controller = new AbortController()
    const second = talker.doGenerate({ ...asking('x'), abortSignal: controller.signal })
    controller.abort(new Error('no longer'))
    await expect(second).rejects.toThrow('no longer')
    await first.reader.cancel()
  })

  test('when the process dies, its calls fail as worth another try, and the next one has a new process', async () => {
    const { error } = await begin(talker)
    const waiting = talker.doGenerate(asking('y'))
    const { pid } = processOf('endless')
    process.kill(pid ?? 0, 'SIGKILL')
    const died = {
      name: 'GgufFailed',
      code: 'MODEL_UNAVAILABLE',
      retryable: true,
      message: expect.stringMatching(/endless\.gguf ended \(SIGKILL\)/) as string,
    }
    expect(await error()).toMatchObject(died)
    await expect(waiting).rejects.toMatchObject(died)
    expect(await talker.doGenerate({ ...asking('x'), maxOutputTokens: 1 })).toMatchObject({ content: [{ text: 'on ' }] })
    expect(processOf('endless').pid).not.toBe(pid)
  })

  test('a process that takes more memory than it may is ended', async () => {
    const greedy = model('greedy', { says: ['on '], endless: true }, { memory_mb: 64 })
    await expect(greedy.doGenerate(asking('x'))).rejects.toMatchObject({
      code: 'MODEL_REFUSED',
      retryable: false,
      message: 'greedy.gguf needed more than 64 MB (memory_mb of the provider); allow more, or set a smaller context_size',
    })
  })

  test('one that is idle gives its memory back', async () => {
    const path = join(folder, 'brief.gguf')
    writeTinyModel(path, { says: ['ok'] })
    const brief = openGguf(() => packages, { idle: 1 })
    await brief.model({ path, threads: 2 }, 'brief').doGenerate(asking('x'))
    await Promise.all(brief.processes().map(({ gone }) => gone))
    expect(brief.processes()).toEqual([])
  })

  test('files that are none', async () => {
    const whole = join(folder, 'whole.gguf')
    writeTinyModel(whole)
    const write = (name: string, bytes: Buffer) => {
      writeFileSync(join(folder, name), bytes)
      return join(folder, name)
    }
    const bytes = readFileSync(whole)
    const cut = write('cut.gguf', bytes)
    truncateSync(cut, statSync(cut).size / 2)
    const strange = write('strange.gguf', Buffer.from(bytes.toString('latin1').replaceAll('llama', 'lxama'), 'latin1'))
    const says = async (path: string) => {
      const error: unknown = await gguf
        .model({ path }, path.replace(/.*\/|\.gguf/g, ''))
        .doGenerate(asking('x'))
        .then(
          () => 'an answer',
          (error: unknown) => error,
        )
      return error
    }
    expect(await says(join(folder, 'absent.gguf'))).toMatchObject({ code: 'MODEL_NOT_FOUND', message: `there is no file ${folder}/absent.gguf` })
    expect(await says(write('text.gguf', Buffer.from('hello')))).toMatchObject({ message: 'text.gguf is no GGUF file' })
    expect(await says(cut)).toMatchObject({
      code: 'MODEL_REFUSED',
      retryable: false,
      message: expect.stringMatching(/^cut\.gguf cannot be loaded: .*(corrupted|incomplete)/) as string,
    })
    expect(await says(strange)).toMatchObject({ message: expect.stringMatching(/^strange\.gguf cannot be loaded: .*architecture/) as string })
  })
})

describe('the package', () => {
  const { folder } = ggufBench()
  const elsewhere = pathToFileURL(join(folder, 'beside', 'x.ts')).href
  const install = (version: string) => {
    const at = join(folder, version, 'node_modules', 'node-llama-cpp')
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'package.json'), JSON.stringify({ version, main: './dist/index.js' }))
    return { folder: join(folder, version), entry: pathToFileURL(join(at, 'dist/index.js')).href }
  }

  test('where it is missing, the command that gets it, and no process', async () => {
    const { problem } = findLlama(join(folder, 'none'), elsewhere)
    expect(problem).toMatch(
      /^the package node-llama-cpp is not installed; `npm install --prefix \S+none --ignore-scripts --omit=optional node-llama-cpp@\S+ @node-llama-cpp\/\S+` gets it$/,
    )
    const gguf = openGguf(() => join(folder, 'none'), { beside: elsewhere })
    expect(gguf.problemOf({ path: '/x.gguf' })).toBe(problem)
    await expect(gguf.model({ path: '/x.gguf' }, 'x').doGenerate(asking('x'))).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: problem })
    expect(gguf.processes()).toEqual([])
  })

  test('in the folder for packages, of the right version', () => {
    const good = install(llamaVersion)
    expect(findLlama(good.folder, elsewhere).problem).toMatch(
      /^node-llama-cpp is installed without what it needs on this machine \(\S+\); `npm install/,
    )
    mkdirSync(join(good.folder, 'node_modules', 'node-llama-cpp', 'llama', 'localBuilds'), { recursive: true })
    expect(findLlama(good.folder, elsewhere)).toEqual({ entry: good.entry, problem: null })
    const old = install('2.8.16')
    expect(findLlama(old.folder, elsewhere).problem).toMatch(/^node-llama-cpp 2\.8\.16 is installed, and version 3\S+ is needed; `npm install/)
  })
})
