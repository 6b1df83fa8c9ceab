import type { ContainerRuntime, ResolvedTool } from '../resolved-tool.ts'

/** Nobody, on every Linux. */
const user = '65534:65534'

/**
 * What is asked of the engine for a ForgeHook's container: no privileges, no capabilities, a root that cannot be written, nothing of the
 * host mounted (its sockets included), no network unless granted, and the manifest's limits.
 */
export function containerSpec(tool: ResolvedTool, runtime: ContainerRuntime, labels: Record<string, string>): object {
  const memory = tool.limits.memory_mb * 1024 * 1024
  const networked = tool.grants.network.includes('*')
  return {
    Image: runtime.image,
    ...(runtime.command ? { Cmd: runtime.command } : {}),
    Env: Object.entries(runtime.env).map(([name, value]) => `${name}=${value}`),
    User: user,
    Labels: labels,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // When this process is gone its end of stdin is closed, and a hook that reads to the end leaves by itself.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: !networked,
    HostConfig: {
      NetworkMode: networked ? 'bridge' : 'none',
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m,mode=1777' },
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      IpcMode: 'private',
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round(runtime.cpus * 1e9),
      PidsLimit: runtime.pids,
      Ulimits: [
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
        { Name: 'nproc', Soft: 1024, Hard: 1024 },
        { Name: 'core', Soft: 0, Hard: 0 },
      ],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none' },
    },
  }
}
