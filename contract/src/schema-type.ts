/**
 * The TypeScript type of what a JSON Schema describes, where the schema is written in code: `FromSchema<typeof schema>`. It knows type,
 * properties, required, additionalProperties, items, enum, const, anyOf, oneOf and lists of types; whatever else is there leaves the
 * type wider than the schema, never narrower.
 */
export type FromSchema<S> = S extends { const: infer C }
  ? C
  : S extends { enum: readonly (infer E)[] }
    ? E
    : S extends { anyOf: readonly (infer A)[] }
      ? FromSchema<A>
      : S extends { oneOf: readonly (infer O)[] }
        ? FromSchema<O>
        : S extends { type: infer T }
          ? T extends readonly (infer Each)[]
            ? OfType<Each, S>
            : OfType<T, S>
          : unknown

type OfType<T, S> = T extends 'string'
  ? string
  : T extends 'number' | 'integer'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : T extends 'array'
          ? S extends { items: infer I }
            ? FromSchema<I>[]
            : unknown[]
          : T extends 'object'
            ? OfObject<S>
            : unknown

type OfObject<S> = S extends { properties: infer P }
  ? Flat<
      { -readonly [K in keyof P as K extends RequiredOf<S> ? K : never]: FromSchema<P[K]> } & {
        -readonly [K in keyof P as K extends RequiredOf<S> ? never : K]?: FromSchema<P[K]> | undefined
      } & (S extends { additionalProperties: false } ? unknown : Record<string, unknown>)
    >
  : S extends { additionalProperties: infer A }
    ? Record<string, A extends boolean ? unknown : FromSchema<A>>
    : Record<string, unknown>

type RequiredOf<S> = S extends { required: readonly (infer R)[] } ? R : never
/** One object type instead of several joined by &, as an editor shows it. */
type Flat<T> = { [K in keyof T]: T[K] }
