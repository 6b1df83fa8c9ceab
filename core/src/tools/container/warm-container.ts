import type { Duplex } from 'node:stream'
import type { ContainerRuntime, ResolvedTool, ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import { containerSpec } from './container-spec.ts'
import { type DockerApi, DockerError } from './docker-api.ts'
import { Frames, Lines } from './frames.ts'

/** One line to a hook, and one back with the same id: `{"id": 1, "output": ...}` or `{"id": 1, "error": "in words"}`. */
type Question = { id: number; path: string; input: unknown; idempotency_key: string; run_id: string | null; now: number }

const keptOfStderr = 2_000
/** What stands around the output in its line. */
const envelopeBytes = 1_000

/**
 * A running container and the one call it works on. It is used again for the same ForgeHook while all goes well; a call that is given up
 * ends it, since there is no other way to stop what it does.
 */
export class WarmContainer {
  readonly #docker: DockerApi
  readonly #id: string
  readonly #stream: Duplex
  #lastId = 0
  #stderr = ''
  #current: { id: number; most: number; settle: (outcome: { output: unknown } | { error: Error }) => void } | null = null
  /** Set once it is of no more use. */
  gone = false

  private constructor(docker: DockerApi, id: string, stream: Duplex) {
    this.#docker = docker
    this.#id = id
    this.#stream = stream
    const lines = new Lines(
      (line) => this.#onLine(line),
      () => this.#fail('its answer is larger than limits.output_bytes'),
    )
    const frames = new Frames((name, chunk) => {
      if (name === 'stderr') this.#stderr = (this.#stderr + chunk.toString()).slice(-keptOfStderr)
      else lines.push(chunk, (this.#current?.most ?? 0) + envelopeBytes)
    })
    stream.on('data', (chunk: Buffer) => frames.push(chunk))
    stream.on('error', () => this.#fail('the connection to its container broke'))
    stream.on('close', () => this.#fail('its container ended'))
  }

  /** Throws ToolError: no engine, no such image, or it does not start. */
  static async start(docker: DockerApi, tool: ResolvedTool, runtime: ContainerRuntime, labels: Record<string, string>): Promise<WarmContainer> {
    let id: string
    try {
      const created = (await docker.ask('POST', '/containers/create', containerSpec(tool, runtime, labels))) as { Id: string }
      id = created.Id
    } catch (error) {
      if (error instanceof DockerError && error.status === 404)
        throw new ToolError(`there is no image '${runtime.image}' on this machine: docker pull ${runtime.image} (Cadre pulls nothing by itself)`)
      throw error
    }
    try {
      // In this order: Podman attaches only to a container that runs. A hook says nothing of use before it is asked.
      await docker.ask('POST', `/containers/${id}/start`)
      return new WarmContainer(docker, id, await docker.attach(id))
    } catch (error) {
      await removeContainer(docker, id)
      throw error
    }
  }

  async call({ tool, input, idempotency_key, run_id, now, signal }: ToolCall): Promise<unknown> {
    const id = ++this.#lastId
    const question: Question = { id, path: tool.path, input, idempotency_key, run_id, now }
    const { timeout_ms, output_bytes } = tool.limits
    let giveUp: (error: unknown) => void = () => {}
    const outOfTime = new ToolError(`'${tool.name}' took longer than its limit of ${timeout_ms} ms (limits.timeout_ms)`, { uncertain: true })
    const clock = setTimeout(() => giveUp(outOfTime), timeout_ms)
    const onAbort = () => giveUp(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await new Promise((resolve, reject) => {
        this.#current = {
          id,
          most: output_bytes,
          settle: (outcome) => ('error' in outcome ? reject(outcome.error) : resolve(outcome.output)),
        }
        giveUp = (error) => {
          this.gone = true
          reject(error as Error)
        }
        if (this.gone) this.#fail('its container ended')
        else this.#stream.write(lineOf(question))
      })
    } finally {
      clearTimeout(clock)
      signal.removeEventListener('abort', onAbort)
      this.#current = null
    }
  }

  async end() {
    this.gone = true
    this.#stream.destroy()
    await removeContainer(this.#docker, this.#id)
  }

  #onLine(line: string) {
    const answer = parse(line)
    // Lines that are no answer to the question are the hook's own talk.
    if (!this.#current || answer?.['id'] !== this.#current.id) return
    const { error } = answer
    if (error === undefined || error === null) return this.#current.settle({ output: answer['output'] ?? null })
    this.#current.settle({ error: new ToolError(typeof error === 'string' ? error.slice(0, 2_000) : JSON.stringify(error).slice(0, 2_000)) })
  }

  #fail(reason: string) {
    this.gone = true
    const said = this.#stderr.trim()
    this.#current?.settle({
      error: new ToolError(`the tool failed: ${reason}`, { uncertain: true, detail: said === '' ? undefined : `${reason}\n${said}` }),
    })
  }
}

/** Podman removes no container while it still takes note of its end, so that is waited for. */
export async function removeContainer(docker: DockerApi, id: string) {
  await unlessGone(docker.ask('POST', `/containers/${id}/kill`), 500)
  await unlessGone(docker.ask('POST', `/containers/${id}/wait?condition=not-running`))
  await unlessGone(docker.ask('DELETE', `/containers/${id}?force=true&v=true`))
}

// 404: it is not there; 409 and 500 of the kill: it does not run any more. What remains is said by the removal.
async function unlessGone(asked: Promise<unknown>, also = 404) {
  try {
    await asked
  } catch (error) {
    if (!(error instanceof DockerError) || ![404, 409, also].includes(error.status)) throw error
  }
}

// Some readers of lines, Node's among them, break at these two as well.
function lineOf(question: Question): string {
  return `${JSON.stringify(question).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null // talk
  }
}
