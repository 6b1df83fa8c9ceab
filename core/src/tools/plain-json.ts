const maxDepth = 500

type Unfit = { words: string; path: string }

/**
 * JSON text of a handler's output. JSON.stringify alone turns NaN into null, a Map into {} and calls toJSON; here whatever JSON cannot
 * hold is an error that says where it is. A property that is undefined counts as absent.
 */
export function plainJson(value: unknown): string {
  const unfit = problemIn(value, 0)
  if (unfit) throw new Error(`the output${unfit.path && ` at ${unfit.path.replace(/^\./, '')}`} ${unfit.words}, which JSON cannot hold`)
  return JSON.stringify(value)
}

// The path is put together on the way back, so that the usual case pays nothing for it.
function problemIn(value: unknown, depth: number): Unfit | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null
    case 'number':
      return Number.isFinite(value) ? null : { words: `is ${value}`, path: '' }
    case 'object':
      if (value === null) return null
      if (depth >= maxDepth) return { words: `refers to itself, or is nested more than ${maxDepth} deep`, path: '' }
      return Array.isArray(value) ? problemInItems(value, depth + 1) : problemInFields(value, depth + 1)
    default:
      return { words: value === undefined ? 'is undefined' : `is a ${typeof value}`, path: '' }
  }
}

function problemInItems(items: unknown[], depth: number): Unfit | null {
  for (let i = 0; i < items.length; i++) {
    const unfit = problemIn(items[i], depth)
    if (unfit) return { words: unfit.words, path: depth > 20 ? unfit.path : `[${i}]${unfit.path}` }
  }
  return null
}

function problemInFields(fields: object, depth: number): Unfit | null {
  const proto: unknown = Object.getPrototypeOf(fields)
  if (proto !== Object.prototype && proto !== null) {
    const { name } = (fields.constructor as { name?: string } | undefined) ?? {}
    return { words: `is a ${name || 'class instance'}`, path: '' }
  }
  for (const [key, field] of Object.entries(fields)) {
    const unfit = field === undefined ? null : problemIn(field, depth)
    if (unfit) return { words: unfit.words, path: depth > 20 ? unfit.path : `.${key}${unfit.path}` }
  }
  return null
}
