import { invalid } from '@cadre/contract/errors'
import { HookEndpoint, type Manifest } from '@cadre/contract/manifest'
import { z } from 'zod'
import { checkSource, describeSource } from '../tools/code/check-source.ts'
import { stripTypes } from '../tools/code/strip-types.ts'

type Code = Extract<Manifest['runtime'], { type: 'code' }>

/**
 * The manifest of registered code with its endpoints: those it names, whose handlers the code must have, or else those that the code
 * defines (defineHook). The code is only ever run in the sandbox.
 */
export async function withDefinedEndpoints(manifest: Manifest, runtime: Code): Promise<Manifest> {
  if (runtime.source === undefined) throw invalid('runtime.source', 'is needed; an entry is a file of a folder, and cannot be registered')
  const source = runtime.language === 'typescript' ? await stripTypes(runtime.source).catch(refused) : runtime.source
  const paths = manifest.endpoints.map((endpoint) => endpoint.path)
  await checkSource(source, paths).catch(refused)
  if (paths.length > 0) return manifest
  const described = await describeSource(source).catch(refused)
  const { data, error } = z.array(HookEndpoint).min(1).safeParse(described)
  if (error) {
    const issue = error.issues[0]
    throw invalid('runtime.source', `defines no endpoints that can be used: ${issue?.path.join('.')} ${issue?.message}; or name them in endpoints`)
  }
  return { ...manifest, endpoints: data }
}

function refused(error: unknown): never {
  throw invalid('runtime.source', (error as Error).message)
}
