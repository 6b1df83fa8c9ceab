import { lazy, type ReactNode, Suspense, useState, useSyncExternalStore } from 'react'
import { Settings2 } from 'lucide-react'
import { useTexts } from '../i18n/texts.ts'
import { reach } from '../lib/reach.ts'
import { Button } from '../ui/button.tsx'
import { Logo } from './logo.tsx'

const Appearance = lazy(() => import('./appearance.tsx').then(({ Appearance }) => ({ default: Appearance })))

/** The frame of the pages outside: no navigation, for nothing may be seen yet. */
export function Door({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const texts = useTexts()
  const [looks, setLooks] = useState(false)
  const isThere = useSyncExternalStore(reach.subscribe, reach.get)
  return (
    <main id="content" className="grid min-h-dvh place-items-center px-4 py-8">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex justify-center">
          <Logo />
        </div>
        <div className="rounded-xl border border-line bg-surface p-5 sm:p-6">
          <h1 className="text-lg font-semibold">{title}</h1>
          {text && <p className="mt-0.5 text-[13px] text-muted">{text}</p>}
          <div className="mt-4 flex flex-col gap-4">{children}</div>
        </div>
        <div className="mt-3 flex justify-center">
          <Button look="ghost" onClick={() => setLooks(true)}>
            <Settings2 aria-hidden />
            {texts.shell.looks}
          </Button>
        </div>
        <p role="status" className="mt-2 text-center text-[13px]">
          {!isThere && texts.connection.away}
        </p>
      </div>
      <Suspense>{looks && <Appearance onClose={() => setLooks(false)} />}</Suspense>
    </main>
  )
}
