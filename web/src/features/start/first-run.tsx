import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { AddKey } from './add-key.tsx'
import { LocalModels } from './local-models.tsx'
import { seedAgents } from './seed-agents.ts'

/** One screen before anything else: who thinks. Nothing is downloaded, and nothing is asked outside unless a key is pasted. */
export function FirstRun({ onDone }: { onDone: () => void }) {
  const texts = useTexts()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const finish = async (provider: string) => {
    setBusy(true)
    setError(null)
    try {
      await seedAgents(texts, provider)
      toast(texts.start.ready)
      onDone()
    } catch (error) {
      setError(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-4 px-4 py-10 md:py-16">
      <div className="mb-2">
        <h1 className="text-2xl font-semibold tracking-tight">{texts.start.welcome}</h1>
        <p className="mt-1.5 max-w-xl text-muted">{texts.start.welcomeText}</p>
      </div>
      {error !== null && <ErrorBox error={error} />}
      <Card className="flex flex-wrap items-center justify-between gap-4 p-4">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-semibold">{texts.start.plannerTitle}</h2>
          <p className="mt-0.5 text-[13px] text-muted">{texts.start.plannerText}</p>
        </div>
        <Button look="primary" busy={busy} onClick={() => void finish('builtin')}>
          {texts.start.plannerGo}
        </Button>
      </Card>
      <LocalModels onUse={(provider) => void finish(provider)} busy={busy} />
      <AddKey onUse={(provider) => void finish(provider)} />
    </div>
  )
}
