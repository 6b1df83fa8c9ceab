import clsx from 'clsx'
import type { LucideIcon } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'

const item =
  'flex h-8 cursor-default select-none items-center gap-2 rounded px-2 text-[13px] outline-none data-[highlighted]:bg-sunken data-[disabled]:opacity-50 [&_svg]:size-4'

/** Not modal: a modal menu locks the page's scrolling through a <style> element, which the content security policy refuses. */
export function Menu({
  trigger,
  children,
  align = 'end',
  side,
}: {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
  side?: 'top' | 'bottom'
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-lg border border-line bg-surface p-1 shadow-lg"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function MenuItem({
  icon: Icon,
  danger,
  onSelect,
  children,
}: {
  icon?: LucideIcon
  danger?: boolean
  onSelect: () => void
  children: ReactNode
}) {
  return (
    <DropdownMenu.Item className={clsx(item, danger ? 'text-danger' : '[&_svg]:text-muted')} onSelect={onSelect}>
      {Icon && <Icon aria-hidden />}
      {children}
    </DropdownMenu.Item>
  )
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}
