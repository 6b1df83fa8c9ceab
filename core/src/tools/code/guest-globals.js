// Globals that programs expect beside the language, put in place before any source of a user's runs. See guest-prelude.js.
'use strict'
// oxlint-disable-next-line no-unused-expressions -- the value of the script is this function
;({ enter, host, HookError, defineHook }) => {
  const { ask, log, bufferOf, startTimer, clearTimer } = host
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })

  const shown = (value) => {
    if (typeof value === 'string') return value
    if (typeof value === 'function') return `[function ${value.name}]`
    if (typeof value !== 'object' || value === null) return String(value)
    if (value instanceof Error) return `${value.name}: ${value.message}\n${value.stack}`
    const plain = (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner instanceof Map || inner instanceof Set ? [...inner] : inner)
    try {
      return JSON.stringify(value, plain)
    } catch (error) {
      return `[${error.message}]`
    }
  }
  const line =
    (level) =>
    (...values) =>
      log(level + values.map((value) => shown(value)).join(' '))
  define('console', { log: line(''), info: line(''), debug: line(''), warn: line('warning: '), error: line('error: ') })

  define('setTimeout', (run, ms, ...args) => startTimer(run, ms, args, false))
  define('setInterval', (run, ms, ...args) => startTimer(run, ms, args, true))
  define('clearTimeout', clearTimer)
  define('clearInterval', clearTimer)

  // Its own numbers would be the same in every call.
  let [chances, used] = [[], 0]
  Math.random = () => {
    if (used >= chances.length) [chances, used] = [ask('chances', 'null'), 0]
    return chances[used++]
  }
  define('crypto', {
    randomUUID: () => ask('uuid', 'null'),
    getRandomValues: (view) => {
      if (view.byteLength > 65_536) throw new RangeError('getRandomValues: at most 65536 bytes')
      const bytes = new Uint8Array(ask('random', String(view.byteLength)))
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes)
      return view
    },
  })

  define('atob', (text) => ask('atob', JSON.stringify(String(text))))
  define('btoa', (text) => ask('btoa', JSON.stringify(String(text))))
  class TextEncoder {
    encoding = 'utf-8'
    encode(text = '') {
      return new Uint8Array(ask('encode', JSON.stringify(String(text))))
    }
  }
  class TextDecoder {
    #options
    constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
      this.#options = JSON.stringify({ label: String(label), fatal, ignoreBOM })
      this.encoding = String(label).toLowerCase()
      ask('decode', this.#options, new ArrayBuffer(0))
    }
    decode(bytes, { stream = false } = {}) {
      if (stream) throw new TypeError('TextDecoder: parts of a text (stream: true) are not supported; join the bytes first')
      return bytes === undefined ? '' : ask('decode', this.#options, bufferOf(bytes))
    }
  }
  define('TextEncoder', TextEncoder)
  define('TextDecoder', TextDecoder)

  const clone = (value, seen) => {
    if (typeof value === 'function' || typeof value === 'symbol') throw new DOMException(`a ${typeof value} cannot be cloned`, 'DataCloneError')
    if (typeof value !== 'object' || value === null) return value
    if (seen.has(value)) return seen.get(value)
    const kept = (copy) => (seen.set(value, copy), copy)
    if (value instanceof Date) return kept(new Date(value))
    if (value instanceof RegExp) return kept(new RegExp(value.source, value.flags))
    if (value instanceof ArrayBuffer) return kept(value.slice(0))
    if (value instanceof DataView) return kept(new DataView(bufferOf(value)))
    if (ArrayBuffer.isView(value)) return kept(new value.constructor(bufferOf(value)))
    if (value instanceof Error) return kept(Object.assign(new Error(value.message), { name: value.name, stack: value.stack }))
    if (value instanceof Map) {
      const copy = kept(new Map())
      for (const [key, inner] of value) copy.set(clone(key, seen), clone(inner, seen))
      return copy
    }
    if (value instanceof Set) {
      const copy = kept(new Set())
      for (const inner of value) copy.add(clone(inner, seen))
      return copy
    }
    const copy = kept(Array.isArray(value) ? [] : {})
    if (Array.isArray(value)) copy.length = value.length
    for (const key of Object.keys(value))
      Object.defineProperty(copy, key, { value: clone(value[key], seen), writable: true, enumerable: true, configurable: true })
    return copy
  }
  define('structuredClone', (value) => clone(value, new Map()))

  class URLSearchParams {
    #pairs
    #changed
    constructor(init = '', changed = () => {}) {
      const pairs = typeof init === 'object' && init !== null ? [...(init[Symbol.iterator] ? init : Object.entries(init))] : String(init)
      this.#pairs = typeof pairs === 'string' ? ask('query', JSON.stringify(pairs)) : pairs.map(([name, value]) => [String(name), String(value)])
      this.#changed = changed
    }
    #put(pairs) {
      this.#pairs = pairs
      this.#changed(this.toString())
    }
    get size() {
      return this.#pairs.length
    }
    append(name, value) {
      this.#put([...this.#pairs, [String(name), String(value)]])
    }
    delete(name, value) {
      this.#put(this.#pairs.filter((pair) => pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value))))
    }
    get(name) {
      return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null
    }
    getAll(name) {
      return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1])
    }
    has(name, value) {
      return this.#pairs.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value)))
    }
    set(name, value) {
      const at = this.#pairs.findIndex((pair) => pair[0] === String(name))
      if (at < 0) return this.append(name, value)
      this.#put(this.#pairs.filter((pair, i) => i <= at || pair[0] !== String(name)).map((pair, i) => (i === at ? [pair[0], String(value)] : pair)))
    }
    sort() {
      this.#put(this.#pairs.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)))
    }
    forEach(run) {
      for (const [name, value] of this.#pairs) run(value, name, this)
    }
    keys() {
      return this.#pairs.map((pair) => pair[0]).values()
    }
    values() {
      return this.#pairs.map((pair) => pair[1]).values()
    }
    entries() {
      return this.#pairs.map((pair) => [...pair]).values()
    }
    [Symbol.iterator]() {
      return this.entries()
    }
    toString() {
      return ask('queryText', JSON.stringify(this.#pairs))
    }
  }
  const partsOf = new WeakMap()
  class URL {
    constructor(url, base) {
      partsOf.set(this, ask('url', JSON.stringify(base === undefined ? [String(url)] : [String(url), String(base)])))
    }
    static canParse(url, base) {
      try {
        return Boolean(new URL(url, base))
      } catch {
        return false
      }
    }
    static parse(url, base) {
      return URL.canParse(url, base) ? new URL(url, base) : null
    }
    get searchParams() {
      const parts = partsOf.get(this)
      return (parts.params ??= new URLSearchParams(parts.search, (text) => Object.assign(parts, changed(parts, 'search', text))))
    }
    toString() {
      return this.href
    }
    toJSON() {
      return this.href
    }
  }
  const changed = (parts, part, value) => ask('setUrl', JSON.stringify([parts.href, part, String(value)]))
  for (const part of ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'origin'])
    Object.defineProperty(URL.prototype, part, {
      get() {
        return partsOf.get(this)[part]
      },
      set(value) {
        if (part !== 'origin') Object.assign(partsOf.get(this), changed(partsOf.get(this), part, value), { params: undefined })
      },
      configurable: true,
      enumerable: true,
    })
  define('URLSearchParams', URLSearchParams)
  define('URL', URL)

  // Taken by the module that '@cadre/contract/forgehook' stands for, which removes it.
  define('forgehook', { HookError, defineHook })
  return enter
}
