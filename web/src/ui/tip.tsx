import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './parts.tsx'

/** What an icon means, and its keys. The child still needs a name of its own. */
export function Tip({ text, keys, children }: { text: string; keys?: string[]; children: ReactNode }) {
  return (
    <Tooltip.Provider delayDuration={400}>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content
            sideOffset={5}
            collisionPadding={8}
            className="z-50 flex max-w-72 items-center gap-2 rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-md"
          >
            {text}
            {keys && <Kbd keys={keys} />}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  )
}
