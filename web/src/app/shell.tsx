import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import {
  Activity,
  Bot,
  ChartNoAxesColumn,
  Cpu,
  Gauge,
  Hand,
  House,
  Menu as MenuIcon,
  MessagesSquare,
  Search,
  Settings,
  Settings2,
  Wrench,
} from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { mayCall, meQuery, useMay } from '../features/access/access-queries.ts'
import { unreadQuery } from '../features/conversations/unread-query.ts'
import { pendingQuery } from '../features/approvals/approval-queries.ts'
import { liveRunsQuery } from '../features/runs/run-queries.ts'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { reach } from '../lib/reach.ts'
import { shownKeys } from '../lib/shortcuts.ts'
import { isMac, useShortcut } from '../lib/use-shortcut.ts'
import { Button } from '../ui/button.tsx'
import { Kbd } from '../ui/parts.tsx'
import { Toaster } from '../ui/toaster.tsx'
import { Logo } from './logo.tsx'

const loadPalette = () => import('./palette.tsx').then(({ Palette }) => ({ default: Palette }))
const Palette = lazy(loadPalette)
const Drawer = lazy(() => import('./drawer.tsx').then(({ Drawer }) => ({ default: Drawer })))
const Appearance = lazy(() => import('./appearance.tsx').then(({ Appearance }) => ({ default: Appearance })))
const AccountMenu = lazy(() => import('../features/access/account-menu.tsx').then(({ AccountMenu }) => ({ default: AccountMenu })))
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx').then(({ ShortcutSheet }) => ({ default: ShortcutSheet })))

type Open = 'palette' | 'sheet' | 'drawer' | 'looks' | null

export function Shell({ children }: { children: ReactNode }) {
  const texts = useTexts()
  const [open, setOpen] = useState<Open>(null)
  const close = () => setOpen(null)
  useShortcuts(setOpen)
  useFocusOnPage()
  useEffect(() => {
    // Who presses its keys types on at once: it is fetched before, when there is nothing else to do.
    const timer = setTimeout(() => void loadPalette(), 1_500)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    let stop: (() => void) | null = null
    let isGone = false
    void import('../features/conversations/follow-unread.ts').then(({ followUnread }) => {
      if (!isGone) stop = followUnread()
    })
    return () => {
      isGone = true
      stop?.()
    }
  }, [])
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[224px_minmax(0,1fr)]">
      <a href="#content" className="sr-only z-50 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:fixed focus:left-3 focus:top-3">
        {texts.shell.skip}
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-sunken/60 md:flex">
        <Sidebar onFind={() => setOpen('palette')} onLooks={() => setOpen('looks')} onGo={close} />
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-20 flex h-12 items-center gap-1 border-b border-line bg-page px-2 md:hidden">
          <Button look="ghost" size="icon" aria-label={texts.shell.menu} onClick={() => setOpen('drawer')}>
            <MenuIcon aria-hidden />
          </Button>
          <Logo />
          <Button look="ghost" size="icon" className="ml-auto" aria-label={texts.shell.find} onClick={() => setOpen('palette')}>
            <Search aria-hidden />
          </Button>
        </header>
        <Away />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          {children}
        </main>
      </div>
      <Suspense>
        {open === 'drawer' && (
          <Drawer onClose={close}>
            <Sidebar onFind={() => setOpen('palette')} onLooks={() => setOpen('looks')} onGo={close} />
          </Drawer>
        )}
        {open === 'looks' && <Appearance onClose={close} />}
        {open === 'palette' && <Palette onClose={close} onSheet={() => setOpen('sheet')} />}
        {open === 'sheet' && <ShortcutSheet onClose={close} />}
      </Suspense>
      <Toaster />
    </div>
  )
}

/** A new page begins at its beginning, for the keyboard and for whoever listens to it. */
function useFocusOnPage() {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [pathname])
}

function useShortcuts(setOpen: (open: Open) => void) {
  const { shell } = useTexts()
  const navigate = useNavigate()
  useShortcut('mod+k', shell.palette, shell.groupDo, () => setOpen('palette'))
  useShortcut('?', shell.shortcuts, shell.groupDo, () => setOpen('sheet'))
  const mayCreate = useMay('agents.create')
  const seesUsage = useMay('usage.get')
  const seesFigures = useMay('metrics.series')
  useShortcut('c', shell.newAgent, shell.groupDo, () => void navigate({ to: '/agents/new' }), mayCreate)
  useShortcut('g h', shell.start, shell.groupGo, () => void navigate({ to: '/' }))
  useShortcut('g a', shell.agents, shell.groupGo, () => void navigate({ to: '/agents' }))
  useShortcut('g c', shell.conversations, shell.groupGo, () => void navigate({ to: '/conversations' }))
  useShortcut('g r', shell.runs, shell.groupGo, () => void navigate({ to: '/runs' }))
  useShortcut('g p', shell.approvals, shell.groupGo, () => void navigate({ to: '/approvals' }))
  useShortcut('g t', shell.tools, shell.groupGo, () => void navigate({ to: '/tools' }))
  useShortcut('g m', shell.providers, shell.groupGo, () => void navigate({ to: '/models' }))
  useShortcut('g u', shell.usage, shell.groupGo, () => void navigate({ to: '/usage' }), seesUsage)
  useShortcut('g o', shell.monitoring, shell.groupGo, () => void navigate({ to: '/monitoring' }), seesFigures)
  useShortcut('g s', shell.settings, shell.groupGo, () => void navigate({ to: '/settings' }))
}

/** `call`: whoever may not make it sees nothing there. */
const places = [
  { to: '/', name: 'start', icon: House },
  { to: '/agents', name: 'agents', icon: Bot },
  { to: '/conversations', name: 'conversations', icon: MessagesSquare },
  { to: '/runs', name: 'runs', icon: Activity },
  { to: '/approvals', name: 'approvals', icon: Hand },
  { to: '/tools', name: 'tools', icon: Wrench },
  { to: '/models', name: 'providers', icon: Cpu },
  { to: '/usage', name: 'usage', icon: ChartNoAxesColumn, call: 'usage.get' },
  { to: '/monitoring', name: 'monitoring', icon: Gauge, call: 'metrics.series' },
  { to: '/settings', name: 'settings', icon: Settings },
] as const

function Sidebar({ onFind, onLooks, onGo }: { onFind: () => void; onLooks: () => void; onGo: () => void }) {
  const texts = useTexts()
  const { data: running = 0 } = useQuery(liveRunsQuery)
  const { data: waiting = [] } = useQuery(pendingQuery)
  const { data: me } = useQuery(meQuery)
  const { data: unread = 0 } = useQuery(unreadQuery)
  const shown = places.filter((place) => !('call' in place) || mayCall(me, place.call))
  return (
    <>
      <div className="flex h-14 items-center px-4">
        <Logo />
      </div>
      <div className="px-3 pb-3">
        <button
          type="button"
          onClick={onFind}
          className="flex h-8 w-full items-center gap-2 rounded-md border border-line bg-surface px-2 text-[13px] text-muted hover:border-field-line"
        >
          <Search className="size-4" aria-hidden />
          <span className="flex-1 truncate text-left">{texts.shell.find}</span>
          <Kbd keys={shownKeys('mod+k', isMac)} />
        </button>
      </div>
      <nav aria-label={texts.shell.main} className="flex flex-1 flex-col gap-0.5 overflow-y-auto px-3">
        {shown.map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            className="flex h-8 items-center gap-2.5 rounded-md px-2 text-[13px] font-medium text-muted hover:bg-sunken hover:text-ink"
            activeProps={{ className: 'bg-line/70 text-ink', 'aria-current': 'page' }}
          >
            <Icon className="size-4" aria-hidden />
            <span className="flex-1">{texts.shell[name]}</span>
            {name === 'runs' && <Count of={running} className="bg-info-soft text-info" say={texts.shell.running} />}
            {name === 'approvals' && <Count of={waiting.length} className="bg-warning-soft text-warning" say={texts.approvals.waitingCount} />}
            {name === 'conversations' && (
              <Count of={unread} className="bg-accent-soft text-accent" say={(shown) => texts.conversations.unread(unread, shown)} />
            )}
          </Link>
        ))}
      </nav>
      <div className="p-3">
        <Button look="ghost" className="w-full justify-start gap-2.5 px-2" onClick={onLooks}>
          <Settings2 aria-hidden />
          <span className="truncate">{texts.shell.looks}</span>
        </Button>
        {me?.user && (
          <Suspense fallback={<div className="h-12" />}>
            <AccountMenu me={me} onGo={onGo} />
          </Suspense>
        )}
      </div>
    </>
  )
}

/** Nothing where there are none. */
function Count({ of, className, say }: { of: number; className: string; say: (shown: string) => string }) {
  const format = useFormat()
  const shown = format.short(of)
  return (
    of > 0 && (
      <span className={clsx('min-w-5 rounded-full px-1.5 text-center text-[11px] leading-[18px]', className)} title={say(format.number(of))}>
        {shown}
      </span>
    )
  )
}

function Away() {
  const texts = useTexts()
  const isThere = useSyncExternalStore(reach.subscribe, reach.get)
  return (
    <div
      role="status"
      className={clsx(!isThere && 'sticky top-12 z-20 border-b border-line bg-warning-soft px-4 py-1.5 text-center text-[13px] md:top-0')}
    >
      {!isThere && texts.connection.away}
    </div>
  )
}
