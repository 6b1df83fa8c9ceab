import { invalid } from '@cadre/contract/errors'
import { lifecycleOf, LifecycleHooks } from '@cadre/contract/lifecycle-hooks'
import { HookEndpoint, type Manifest } from '@cadre/contract/manifest'
import { z } from 'zod'
import { checkSource, type DescribedEndpoint, describeSource } from '../tools/code/check-source.ts'
import { stripTypes } from '../tools/code/strip-types.ts'

type Code = Extract<Manifest['runtime'], { type: 'code' }>

/**
 * The manifest of registered code with its endpoints: those it names, whose handlers the code must have, or else those that the code
 * defines (defineHook). The code is only ever run in the sandbox.
 */
export async function withDefinedEndpoints(manifest: Manifest, runtime: Code): Promise<Manifest> {
  if (runtime.source === undefined) throw invalid('runtime.source', 'is needed; an entry is a file of a folder, and cannot be registered')
  const source = runtime.language === 'typescript' ? await stripTypes(runtime.source).catch(refused) : runtime.source
  const paths = [...manifest.endpoints.map((endpoint) => endpoint.path), ...lifecycleOf(manifest).map(({ point }) => `/${point}`)]
  await checkSource(source, paths).catch(refused)
  if (paths.length > 0) return manifest
  const { hooks = [], endpoints = [] } = Object.groupBy(await describeSource(source).catch(refused), (each) =>
    'point' in each ? 'hooks' : 'endpoints',
  )
  return {
    ...manifest,
    endpoints: usable(z.array(HookEndpoint).min(hooks.length > 0 ? 0 : 1), endpoints, 'endpoints'),
    ...(hooks.length === 0 ? {} : { lifecycle: usable(LifecycleHooks, byPoint(hooks), 'lifecycle') }),
  }
}

function byPoint(hooks: DescribedEndpoint[]) {
  return Object.fromEntries(hooks.map(({ path, point = path, ...rest }) => [point, rest]))
}

function usable<T>(schema: z.ZodType<T>, described: unknown, field: string): T {
  const { data, error } = schema.safeParse(described)
  if (!error) return data
  const issue = error.issues[0]
  throw invalid('runtime.source', `defines no ${field} that can be used: ${issue?.path.join('.')} ${issue?.message}; or name them in ${field}`)
}

function refused(error: unknown): never {
  throw invalid('runtime.source', (error as Error).message)
}
