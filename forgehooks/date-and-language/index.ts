import type { HookContext, HookHandlers, LifecycleInputs } from '@cadre/contract/forgehook'
import { note } from './note.ts'

export default {
  '/agent_initialization': async (input: LifecycleInputs['agent_initialization'], { now }: HookContext) => ({ system: await note(input, now) }),
} satisfies HookHandlers
