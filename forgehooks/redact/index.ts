import type { HookHandlers, LifecycleInputs } from '@cadre/contract/forgehook'
import { kindsOf, type Options, redact } from './redact.ts'

/** The message without its secrets; as it is where there are none. */
function withoutSecrets({ message: { content }, options }: { message: { content: string }; options: Options }) {
  const { text } = redact(content, kindsOf(options))
  return text === content ? null : { content: text }
}

export default {
  '/redact': ({ text, ...options }: { text: string } & Options) => redact(text, kindsOf(options)),
  '/before_message_send': (input: LifecycleInputs['before_message_send']) => withoutSecrets(input),
  '/after_message_receive': (input: LifecycleInputs['after_message_receive']) => withoutSecrets(input),
} satisfies HookHandlers
