// The first thing that runs in the sandbox, before any source of a user's: a script whose value takes the one function that reaches the
// host (host-functions.ts, code-thread.ts), and gives back the one that the host calls. What it needs later it takes now, since the code
// that runs next may put anything in the place of a built-in. It is no wall: whatever it sends, the host checks.
// oxlint-disable-next-line no-unused-expressions -- the value of the script is this function
;(host) => {
  const { parse, stringify } = JSON
  const { apply, getPrototypeOf, ownKeys } = Reflect
  const { isArray } = Array
  const { isFinite } = Number
  const { hasOwn, defineProperty, keys: keysOf } = Object
  const cut = (text, length) => apply(String.prototype.slice, text, [0, length])
  const slice = String.prototype.slice
  const objectProto = Object.prototype
  const [mostAsks, mostWaiting, longestAsk, mostTimers, deepest, longestLine] = [100, 10_000, 16_000_000, 1_000, 500, 2_000]

  class HookError extends Error {
    constructor(message, field) {
      super(field ? `${field}: ${message}` : message)
      defineProperty(this, 'name', { value: 'HookError', configurable: true, writable: true })
      this.field = field
    }
  }
  const defineHook = (endpoints, lifecycle = {}) => {
    const handlers = {}
    const add = (path, { handler, ...rest }, name) => {
      if (typeof handler !== 'function') throw new HookError('must be a function', `${path}: handler`)
      handlers[path] = (input, context) => handler(input, context)
      handlers[path].definition = { ...name, ...rest }
    }
    for (const path of keysOf(endpoints)) add(path, endpoints[path], { path })
    for (const point of keysOf(lifecycle)) add(`/${point}`, lifecycle[point], { point })
    return handlers
  }

  /** A function of the host's: JSON or bytes come back. */
  const ask = (kind, text, bytes) => {
    const answer = host(kind, text, bytes)
    if (typeof answer !== 'string') return answer
    const rest = apply(slice, answer, [1])
    if (answer[0] === '!') throw new TypeError(rest)
    return parse(rest)
  }

  // What JSON cannot hold, in the words of plain-json.ts.
  const problemIn = (value, depth) => {
    const kind = typeof value
    if (value === null || kind === 'string' || kind === 'boolean') return null
    if (kind === 'number') return isFinite(value) ? null : { words: `is ${value}`, path: '' }
    if (kind !== 'object') return { words: value === undefined ? 'is undefined' : `is a ${kind}`, path: '' }
    if (depth >= deepest) return { words: `refers to itself, or is nested more than ${deepest} deep`, path: '' }
    if (isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const found = problemIn(value[i], depth + 1)
        if (found) return { words: found.words, path: depth > 20 ? found.path : `[${i}]${found.path}` }
      }
      return null
    }
    const proto = getPrototypeOf(value)
    if (proto !== objectProto && proto !== null) {
      const name = value.constructor?.name
      return { words: `is a ${typeof name === 'string' && name ? cut(name, 50) : 'class instance'}`, path: '' }
    }
    const keys = keysOf(value)
    for (let i = 0; i < keys.length; i++) {
      const field = value[keys[i]]
      const found = field === undefined ? null : problemIn(field, depth + 1)
      if (found) return { words: found.words, path: depth > 20 ? found.path : `.${cut(keys[i], 100)}${found.path}` }
    }
    return null
  }
  const unfit = (what, { words, path }) => {
    const at = path && ` at ${path[0] === '.' ? apply(slice, path, [1]) : path}`
    return { unfit: `${what}${at} ${words}, which JSON cannot hold` }
  }

  const described = (error) => {
    try {
      if (typeof error !== 'object' || error === null) return { kind: 'broke', message: cut(`${error}`, 4000) }
      if (hasOwn(error, 'unfit')) return { kind: 'unfit', message: cut(`${error.unfit}`, 4000) }
      const { name, message, stack } = error
      if (name === 'InternalError' && message === 'out of memory') return { kind: 'memory', message: '' }
      return { kind: name === 'HookError' ? 'said' : 'broke', message: cut(`${message}`, 4000), stack: cut(`${name}: ${message}\n${stack}`, 8000) }
    } catch {
      return { kind: 'broke', message: 'it threw something that cannot be read' }
    }
  }

  // Asks of the server: at most 100 at a time, the others wait in a list of their own.
  const answers = new Map()
  const [get, set, remove] = [Map.prototype.get, Map.prototype.set, Map.prototype.delete]
  let [lastSeq, out, waiting, first, last] = [0, 0, 0, null, null]
  const next = () => {
    while (first && out < mostAsks) {
      const { seq, text, bytes } = first
      first = first.next
      waiting--
      out++
      host('ask', `${seq} ${text}`, bytes)
    }
  }
  const request = (what, args, bytes) =>
    new Promise((resolve, reject) => {
      for (let i = 0; i < args.length; i++) {
        const found = args[i] === undefined ? null : problemIn(args[i], 0)
        if (found) return reject(new HookError(unfit(`argument ${i + 1} of ${what}`, found).unfit))
      }
      const text = stringify({ what, args })
      if (text.length > longestAsk) return reject(new HookError(`${what}: its arguments are larger than ${longestAsk} characters`))
      if (waiting >= mostWaiting) return reject(new HookError(`${what}: ${mostWaiting} requests are already waiting; await some of them first`))
      const one = { __proto__: null, seq: ++lastSeq, text, bytes, next: null }
      apply(set, answers, [one.seq, { resolve, reject }])
      if (first) last.next = one
      else first = one
      last = one
      waiting++
      next()
    })
  const replied = ({ seq, value, error, shape }, bytes) => {
    const one = apply(get, answers, [seq])
    if (!one) return
    apply(remove, answers, [seq])
    out--
    next()
    if (error !== null) return one.reject(new HookError(error))
    if (shape === 'bytes') return one.resolve(new Uint8Array(bytes))
    if (shape !== 'body') return one.resolve(value)
    const text = async () => ask('decode', '{}', bytes)
    one.resolve({ ...value, body: new Uint8Array(bytes), text, json: async () => parse(await text()) })
  }
  const log = (message) => void host('log', cut(`${message}`, longestLine), undefined)

  const way =
    (what) =>
    (...args) =>
      request(what, args)
  const capabilities = () => ({
    log,
    fetch: (url, { body, ...rest } = {}) =>
      body === undefined || typeof body === 'string'
        ? request('fetch', [`${url}`, body === undefined ? rest : { ...rest, body }])
        : request('fetch', [`${url}`, rest], bufferOf(body)),
    files: { list: way('files.list'), stat: way('files.stat'), read: way('files.read') },
    sql: way('sql'),
    secret: way('secret'),
    store: { get: way('store.get'), set: way('store.set'), delete: way('store.delete'), keys: way('store.keys') },
  })

  const bufferOf = (value) => {
    if (value instanceof ArrayBuffer) return value.slice(0)
    if (value instanceof DataView || value instanceof getPrototypeOf(Uint8Array))
      return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
    throw new TypeError('must be a Uint8Array or an ArrayBuffer')
  }

  let stopped = null
  const newSignal = () => {
    const listeners = []
    const signal = {
      aborted: false,
      reason: undefined,
      onabort: null,
      addEventListener: (type, listener) => void (type === 'abort' && listeners.push(listener)),
      removeEventListener: (_, listener) => void (listeners.includes(listener) && listeners.splice(listeners.indexOf(listener), 1)),
      throwIfAborted: () => {
        if (signal.aborted) throw signal.reason
      },
    }
    stopped = () => {
      signal.aborted = true
      signal.reason = new Error('the call was ended')
      for (const listener of [signal.onabort, ...listeners]) listener?.({ type: 'abort', target: signal })
    }
    return signal
  }

  // Timers: the host keeps the time, the functions stay here.
  const timers = new Map()
  let lastTimer = 0
  const startTimer = (run, ms, args, again) => {
    if (typeof run !== 'function') throw new TypeError('a timer needs a function')
    if (timers.size >= mostTimers) throw new RangeError(`there are already ${mostTimers} timers`)
    const id = ++lastTimer
    const wait = isFinite(+ms) && ms > 0 ? +ms : 0
    apply(set, timers, [id, { run, args, again, wait }])
    host('timer', `${id} ${wait}`, undefined)
    return id
  }
  const clearTimer = (id) => void (apply(remove, timers, [id]) && host('untimer', `${id}`, undefined))
  const fired = (id) => {
    const timer = apply(get, timers, [id])
    if (!timer) return
    if (timer.again) host('timer', `${id} ${timer.wait}`, undefined)
    else apply(remove, timers, [id])
    apply(timer.run, undefined, timer.args)
  }

  const handlersOf = ({ default: handlers }) => {
    if (typeof handlers === 'object' && handlers !== null) return handlers
    throw { unfit: 'its default export is no object of handlers by endpoint path' }
  }
  const call = async ({ path, input, now, key, settings, max }) => {
    let text
    try {
      const handlers = handlersOf(await import('tool.js'))
      const handler = hasOwn(handlers, path) ? handlers[path] : undefined
      if (typeof handler !== 'function') throw { unfit: `there is no handler for ${path}` }
      const context = { signal: newSignal(), now, idempotencyKey: key, settings: parse(settings), ...capabilities() }
      const output = await handler(parse(input), context)
      const found = output === undefined ? null : problemIn(output, 0)
      if (found) throw unfit('the output', found)
      text = output === undefined ? 'null' : stringify(output)
      if (typeof text !== 'string') text = 'null'
      if (text.length > max) throw { unfit: `the output has ${text.length} bytes; the limit is ${max} (limits.output_bytes)` }
    } catch (error) {
      return host('failed', stringify(described(error)), undefined)
    }
    host('done', text, undefined)
  }
  const inspect = async () => {
    let text
    try {
      const handlers = handlersOf(await import('tool.js'))
      const found = []
      for (const path of ownKeys(handlers)) if (typeof handlers[path] === 'function') found.push({ path: `${path}`, ...handlers[path].definition })
      const problem = problemIn(found, 0)
      if (problem) throw unfit('the definition', problem)
      text = stringify(found)
    } catch (error) {
      return host('failed', stringify(described(error)), undefined)
    }
    host('done', text, undefined)
  }
  const enter = (kind, text, bytes) => {
    try {
      if (kind === 'call') call(parse(text))
      else if (kind === 'inspect') inspect()
      else if (kind === 'reply') replied(parse(text), bytes)
      else if (kind === 'timer') fired(parse(text))
      else if (kind === 'abort') stopped?.()
    } catch (error) {
      host('failed', stringify(described(error)), undefined)
    }
  }
  return { enter, host: { ask, log, bufferOf, startTimer, clearTimer }, HookError, defineHook }
}
