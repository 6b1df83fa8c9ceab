import { useTexts } from '../../i18n/texts.ts'
import { Field, Input, Select, TextArea } from '../../ui/field.tsx'
import { useIssue } from '../../ui/use-issue.ts'
import type { ToolDraft, ToolKind } from './add-tool-draft.ts'

type Props = { kind: ToolKind; draft: ToolDraft; notJson: boolean; error: unknown; onChange: (draft: ToolDraft) => void }
type TextName = Exclude<keyof ToolDraft, 'effect' | 'mcp'>

/** The fields of one kind of tool. What the server refused stands at the field that it names. */
export function ToolFields({ kind, draft, notJson, error, onChange }: Props) {
  const texts = useTexts()
  const form = texts.toolForm
  const refused = useIssue(error)
  const line = (
    name: TextName,
    label: string,
    more: { hint?: string; error?: string | undefined; required?: boolean; placeholder?: string } = {},
  ) => (
    <Field label={label} hint={more.hint} error={more.error} required={more.required ?? true}>
      {(field) => (
        <Input
          {...field}
          name={name}
          value={draft[name]}
          placeholder={more.placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ ...draft, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  const text = (name: TextName, label: string, more: { hint?: string; error?: string | undefined; required?: boolean; tall?: boolean } = {}) => (
    <Field label={label} hint={more.hint} error={more.error} required={more.required ?? true}>
      {(field) => (
        <TextArea
          {...field}
          name={name}
          value={draft[name]}
          spellCheck={false}
          className={more.tall ? 'min-h-56 font-mono text-xs' : 'font-mono text-xs'}
          onChange={(event) => onChange({ ...draft, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <>
      {line('id', form.id, { hint: form.idHint, error: refused('id'), required: kind !== 'openapi' })}
      {kind !== 'openapi' &&
        line('description', form.description, { hint: form.descriptionHint, error: refused('description'), required: kind === 'http' })}
      {kind === 'http' && (
        <>
          {line('base_url', form.baseUrl, { error: refused('runtime.base_url', 'runtime'), placeholder: 'http://127.0.0.1:9000' })}
          {line('path', form.path, { error: refused('endpoints[0].path'), placeholder: '/search' })}
          <Field label={form.effect} hint={texts.effect[draft.effect].means}>
            {(field) => (
              <Select {...field} value={draft.effect} onChange={(event) => onChange({ ...draft, effect: event.target.value as ToolDraft['effect'] })}>
                {(['read', 'idempotent', 'keyed', 'once'] as const).map((effect) => (
                  <option key={effect} value={effect}>
                    {texts.effect[effect].name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {text('schema', form.inputSchema, { error: notJson ? form.notJson : refused('endpoints[0].input') })}
        </>
      )}
      {kind === 'mcp' && (
        <>
          <Field label={form.mcpKind}>
            {(field) => (
              <Select
                {...field}
                value={draft.mcp}
                onChange={(event) => onChange({ ...draft, mcp: event.target.value === 'stdio' ? 'stdio' : 'http' })}
              >
                <option value="http">{form.mcpKinds.http}</option>
                <option value="stdio">{form.mcpKinds.stdio}</option>
              </Select>
            )}
          </Field>
          {draft.mcp === 'http' ? (
            line('url', form.mcpUrl, { error: refused('runtime'), placeholder: 'http://127.0.0.1:8931/mcp' })
          ) : (
            <>
              {line('command', form.mcpCommand, { error: refused('runtime'), placeholder: 'npx' })}
              {text('args', form.mcpArgs, { required: false })}
            </>
          )}
        </>
      )}
      {kind === 'openapi' && (
        <>
          {line('url', form.openapiUrl, { error: refused('url'), placeholder: 'https://example.com/openapi.json', required: false })}
          {text('document', form.openapiText, { hint: form.openapiTextHint, error: refused('document'), required: false, tall: true })}
          {line('base_url', form.baseUrl, { error: refused('base_url'), required: false })}
        </>
      )}
      {kind === 'code' && (
        <>
          {text('source', form.source, { error: refused('runtime'), tall: true })}
          {text('hosts', form.hosts, { hint: form.hostsHint, error: refused('permissions'), required: false })}
        </>
      )}
    </>
  )
}
