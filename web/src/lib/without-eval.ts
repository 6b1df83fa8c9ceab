/**
 * zod writes functions of its own unless it is told not to, and tries at first whether it may: the content security policy refuses that,
 * and tells the console. It reads this when it is loaded, which is later.
 */
export function keepZodFromEval() {
  const ours = globalThis as { __zod_globalConfig?: object }
  ours.__zod_globalConfig = { jitless: true }
}
