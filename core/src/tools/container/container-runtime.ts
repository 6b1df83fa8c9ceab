import { hostname } from 'node:os'
import type { ContainerRuntime, Runtime, ToolCall } from '../resolved-tool.ts'
import { containerSpec } from './container-spec.ts'
import { type DockerApi, dockerApi } from './docker-api.ts'
import { removeContainer, WarmContainer } from './warm-container.ts'

export type ContainerOptions = {
  docker_host: string
  log: { warn: (context: object, message: string) => void }
  /** How long an idle container stays warm. */
  idle_ms?: number
  /** Containers at once; calls beyond that wait. */
  max?: number
}
type Idle = { container: WarmContainer; timer: NodeJS.Timeout }

const owner = { 'cadre.host': hostname(), 'cadre.pid': String(process.pid) }

/** Runs ForgeHooks in containers: one call at a time in each, warm ones used again by the same ForgeHook in the same workspace, nothing shared between two. */
export function openContainerRuntime({ docker_host, log, idle_ms = 60_000, max = 4 }: ContainerOptions): Runtime<ContainerRuntime> {
  const docker = dockerApi(docker_host)
  const idle = new Map<string, Idle[]>()
  const waiting: (() => void)[] = []
  let running = 0
  let swept: Promise<void> | undefined

  // An engine that is started later is found at the next call.
  const forget = (error: unknown) => {
    swept = undefined
    throw error
  }
  const end = (container: WarmContainer) => container.end().catch((err: unknown) => log.warn({ err }, 'a container could not be removed'))

  const take = async (key: string, call: ToolCall, runtime: ContainerRuntime): Promise<WarmContainer> => {
    const warm = idle.get(key)?.pop()
    if (warm) {
      clearTimeout(warm.timer)
      if (!warm.container.gone) return warm.container
      void end(warm.container)
    }
    return WarmContainer.start(docker, call.tool, runtime, { ...owner, 'cadre.hook': call.tool.hook_id })
  }

  const giveBack = (key: string, container: WarmContainer) => {
    if (container.gone) return void end(container)
    const list = idle.get(key) ?? []
    idle.set(key, list)
    const timer = setTimeout(() => {
      list.splice(
        list.findIndex((each) => each.container === container),
        1,
      )
      void end(container)
    }, idle_ms).unref()
    list.push({ container, timer })
  }

  return {
    async call(call, runtime) {
      await (swept ??= removeOrphans(docker).catch(forget))
      if (running >= max) await turn(waiting, call.signal)
      running++
      const key = JSON.stringify([call.workspace_id, call.tool.hook_id, containerSpec(call.tool, runtime, {})])
      try {
        const container = await take(key, call, runtime)
        try {
          call.signal.throwIfAborted()
          return await container.call(call)
        } finally {
          giveBack(key, container)
        }
      } finally {
        running--
        waiting.shift()?.()
      }
    },
    preview: ({ tool, input }, runtime) => ({ image: runtime.image, path: tool.path, input }),
    async close() {
      const all = [...idle.values()].flat()
      idle.clear()
      for (const { timer } of all) clearTimeout(timer)
      await Promise.all(all.map(({ container }) => end(container)))
    },
  }
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    const onAbort = () => {
      waiting.splice(waiting.indexOf(next), 1)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    waiting.push(next)
  })
}

/** Those that a killed server of this machine left behind. */
async function removeOrphans(docker: DockerApi) {
  const filters = encodeURIComponent(JSON.stringify({ label: [`cadre.host=${owner['cadre.host']}`] }))
  const found = (await docker.ask('GET', `/containers/json?all=true&filters=${filters}`)) as { Id: string; Labels: Record<string, string> }[]
  const orphans = found.filter(({ Labels }) => !isAlive(Number(Labels['cadre.pid'])))
  await Promise.all(orphans.map(({ Id }) => removeContainer(docker, Id)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
