import { useTools } from '@cadre/client/react'
import type { Plugin } from '@cadre/contract/plugins'
import { useState } from 'react'
import { useFormContext } from 'react-hook-form'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Check, Input } from '../../ui/field.tsx'
import { Badge, Skeleton } from '../../ui/parts.tsx'
import { EffectBadge } from '../tools/effect-badge.tsx'
import type { AgentFields } from './agent-form.ts'

/** Step 2: what it can do. The form holds a plugin's id for all of it, or names of single tools. */
export function StepTools() {
  const texts = useTexts()
  const format = useFormat()
  const { plugins, error, reload } = useTools()
  const { watch, setValue, formState } = useFormContext<AgentFields>()
  const [search, setSearch] = useState('')
  const chosen = watch('tools') ?? []
  const choose = (tools: string[]) => setValue('tools', tools, { shouldDirty: true })
  const words = search.toLowerCase()
  const fits = ({ id, name, description, endpoints }: Plugin) =>
    `${id} ${name} ${description} ${endpoints.map(({ path, description }) => `${path} ${description}`).join(' ')}`.toLowerCase().includes(words)
  // One of lifecycle hooks alone has nothing to call.
  const shown = plugins?.filter((plugin) => plugin.endpoints.length > 0 && fits(plugin))
  const known = new Set(plugins?.flatMap(({ id, endpoints }) => [id, ...endpoints.map(({ tool }) => tool)]))
  const gone = plugins ? chosen.filter((tool) => !known.has(tool)) : []
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px] text-muted">{texts.agentForm.toolsText}</p>
      <div className="flex items-center gap-3">
        <Input
          type="search"
          aria-label={texts.agentForm.findTools}
          placeholder={texts.agentForm.findTools}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="shrink-0 text-xs text-muted" role="status">
          {texts.agentForm.chosen(format.number(chosen.length))}
        </span>
      </div>
      {formState.errors.tools && (
        <p role="alert" className="text-xs text-danger">
          {formState.errors.tools.message ??
            Object.values(formState.errors.tools)
              .map((issue) => (issue as { message?: string } | undefined)?.message)
              .find(Boolean)}
        </p>
      )}
      {error !== null && error !== undefined && <ErrorBox error={error} onRetry={() => void reload()} />}
      {!plugins && !error && <Skeleton rows={6} />}
      {gone.length > 0 && (
        <div className="flex flex-wrap items-center gap-1.5 text-xs">
          <span className="text-muted">{texts.agentForm.unknownTools}</span>
          {gone.map((tool) => (
            <Button key={tool} size="small" onClick={() => choose(chosen.filter((each) => each !== tool))}>
              {tool} ×
            </Button>
          ))}
        </div>
      )}
      {shown?.length === 0 && <p className="py-6 text-center text-[13px] text-muted">{texts.agentForm.noToolMatch}</p>}
      <ul className="flex flex-col gap-2">
        {shown?.map((plugin) => (
          <PluginChoice key={plugin.id} plugin={plugin} chosen={chosen} onChange={choose} />
        ))}
      </ul>
    </div>
  )
}

function PluginChoice({ plugin, chosen, onChange }: { plugin: Plugin; chosen: string[]; onChange: (tools: string[]) => void }) {
  const texts = useTexts()
  const format = useFormat()
  const names = plugin.endpoints.map(({ tool }) => tool)
  const some = chosen.filter((tool) => names.includes(tool))
  const [isOpen, setOpen] = useState(some.length > 0)
  const isWhole = chosen.includes(plugin.id)
  const without = chosen.filter((tool) => tool !== plugin.id && !names.includes(tool))

  const chooseOne = (tool: string, on: boolean) => {
    const now = isWhole ? names : some
    const next = on ? [...now, tool] : now.filter((each) => each !== tool)
    onChange([...without, ...(next.length === names.length && on ? [plugin.id] : next)])
  }

  return (
    <li className="rounded-lg border border-line px-3.5 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
        <Check
          className="min-w-0 flex-1 basis-52"
          label={<span className="font-medium">{plugin.name}</span>}
          hint={<span className="line-clamp-2">{plugin.description}</span>}
          checked={isWhole}
          ref={(box) => {
            if (box) box.indeterminate = !isWhole && some.length > 0
          }}
          onChange={(event) => onChange(event.target.checked ? [...without, plugin.id] : without)}
        />
        <span className="flex items-center gap-2">
          <Badge>
            {isWhole || some.length === 0
              ? texts.counts.tools(names.length, format.number(names.length))
              : `${format.number(some.length)} / ${format.number(names.length)}`}
          </Badge>
          <Button size="small" look="ghost" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? texts.agentForm.hideTools : texts.agentForm.showTools}
          </Button>
        </span>
      </div>
      {isOpen && (
        <ul className="mt-2 flex flex-col gap-1.5 border-t border-line pt-2.5 pl-6">
          {plugin.endpoints.map(({ tool, path, description, effect }) => (
            <li key={tool} className="flex items-start justify-between gap-3">
              <Check
                className="min-w-0"
                label={<code className="font-mono text-xs">{path.slice(1)}</code>}
                hint={<span className="line-clamp-1">{description}</span>}
                checked={isWhole || chosen.includes(tool)}
                onChange={(event) => chooseOne(tool, event.target.checked)}
              />
              <EffectBadge effect={effect} />
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}
