import { isObject, needShallow, setMember, type JsonObject } from './json-value.ts'

/** RFC 7396: null removes a member, an object changes one, anything else (lists as well) takes its place. */
export function mergePatch({ target, patch }: { target: unknown; patch: unknown }) {
  needShallow(target, 'target')
  needShallow(patch, 'patch')
  return { result: merged(target, patch) }
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: JsonObject = isObject(target) ? { ...target } : {}
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete result[name]
    else setMember(result, name, merged(Object.hasOwn(result, name) ? result[name] : undefined, change))
  }
  return result
}
