import type { CallPattern } from '@cadre/contract/approvals'
import { useTexts } from '../../i18n/texts.ts'

/** Which calls a rule lets through, as a call is written. */
export function Pattern({ tool, pattern: { fixed, open } }: { tool: string; pattern: CallPattern }) {
  const { approvals: texts } = useTexts()
  return (
    <div className="rounded-md border border-line bg-sunken px-2.5 py-2 text-xs" role="group" aria-label={texts.pattern}>
      <code className="break-all font-mono font-semibold">{tool}</code>
      <ul className="mt-1 flex flex-col gap-0.5">
        {Object.entries(fixed).map(([name, value]) => (
          <li key={name} className="break-all font-mono">
            {name} <span className="text-muted">=</span> <span className="text-success">{short(value)}</span>
          </li>
        ))}
        {open.map((name) => (
          <li key={name}>
            <code className="break-all font-mono">{name}</code> <span className="text-muted">{texts.open}</span>
          </li>
        ))}
        {Object.keys(fixed).length + open.length === 0 && <li className="text-muted">{texts.noArguments}</li>}
      </ul>
    </div>
  )
}

const longest = 300
function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
