import type { HookEndpoint } from '@cadre/contract/manifest'

export type Parameter = NonNullable<HookEndpoint['request']>['parameters'][number]

/**
 * A parameter's value as OpenAPI 3 writes it (https://spec.openapis.org/oas/v3.1.0#style-values); a query or cookie parameter with its name.
 * Reserved characters are always encoded, so that no value reaches beyond its place.
 */
export function serialize(parameter: Parameter, value: unknown): string {
  const { name, style, explode } = parameter
  const encode = parameter.in === 'header' ? String : encodeURIComponent
  const key = encode(name)
  const items = Array.isArray(value) ? value.map((item) => encode(textOf(item))) : null
  const fields = isRecord(value) ? Object.entries(value).map(([field, item]) => [encode(field), encode(textOf(item))] as const) : null
  switch (style) {
    case 'deepObject':
      return fields ? fields.map(([field, item]) => `${key}%5B${field}%5D=${item}`).join('&') : `${key}=${encode(textOf(value))}`
    case 'spaceDelimited':
    case 'pipeDelimited': {
      if (explode && items) return items.map((item) => `${key}=${item}`).join('&')
      return `${key}=${(items ?? fields?.flat() ?? [encode(textOf(value))]).join(style === 'spaceDelimited' ? '%20' : '%7C')}`
    }
    case 'form':
      if (explode && items) return items.map((item) => `${key}=${item}`).join('&')
      if (explode && fields) return fields.map(([field, item]) => `${field}=${item}`).join('&')
      return `${key}=${joined(items, fields, encode(textOf(value)), ',', false)}`
    case 'matrix':
      if (explode && items) return items.map((item) => `;${key}=${item}`).join('')
      if (explode && fields) return fields.map(([field, item]) => `;${field}=${item}`).join('')
      return `;${key}=${joined(items, fields, encode(textOf(value)), ',', false)}`
    case 'label':
      return `.${joined(items, fields, encode(textOf(value)), explode ? '.' : ',', explode)}`
    case 'simple':
      return joined(items, fields, encode(textOf(value)), ',', explode)
  }
}

/** application/x-www-form-urlencoded; lists repeat their name, objects are JSON. */
export function encodeForm(fields: Record<string, unknown>): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, textOf(item))
  }
  return form.toString()
}

function joined(items: string[] | null, fields: (readonly [string, string])[] | null, single: string, separator: string, paired: boolean): string {
  if (items) return items.join(separator)
  if (!fields) return single
  return fields.map(([field, item]) => `${field}${paired ? '=' : ','}${item}`).join(separator)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
