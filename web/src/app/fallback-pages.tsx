import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useTexts } from '../i18n/texts.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { Empty, Page } from '../ui/parts.tsx'
import { Source } from '../ui/value-view.tsx'

export function NotFoundPage() {
  const texts = useTexts()
  return (
    <Page>
      <Empty icon={Compass} title={texts.common.notFound} text={texts.common.notFoundText}>
        <Link to="/" className={buttonStyle()}>
          {texts.common.toStart}
        </Link>
      </Empty>
    </Page>
  )
}

/** A defect of ours, or a part of the pages that is gone because they were built anew. */
export function BrokenPage({ error }: ErrorComponentProps) {
  const texts = useTexts()
  return (
    <Page>
      <div role="alert" className="mx-auto max-w-2xl py-10">
        <h1 className="text-lg font-semibold">{texts.common.broken}</h1>
        <p className="mb-3 mt-1 text-muted">{texts.common.brokenText}</p>
        <Source text={error instanceof Error ? (error.stack ?? error.message) : String(error)} />
        <Button look="primary" className="mt-3" onClick={() => location.reload()}>
          {texts.common.reload}
        </Button>
      </div>
    </Page>
  )
}
