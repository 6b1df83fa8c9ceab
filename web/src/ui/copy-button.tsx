import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Button } from './button.tsx'
import { toast } from './toast.ts'

/** @returns whether the browser let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Not over plain HTTP from elsewhere, and not without the focus: the caller says so.
    return false
  }
}

export function CopyButton({ text }: { text: () => string }) {
  const texts = useTexts()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => {
    if (await copyText(text())) setCopied(true)
    else toast(texts.common.copyFailed, { tone: 'danger' })
  }
  const Icon = isCopied ? Check : Copy
  return (
    <Button look="ghost" size="smallIcon" aria-label={isCopied ? texts.common.copied : texts.common.copy} onClick={() => void copy()}>
      <Icon aria-hidden />
    </Button>
  )
}
