import { useTexts } from '../../i18n/texts.ts'
import { Field, Input, Select, TextArea } from '../../ui/field.tsx'
import type { Field as SchemaField, Problem, Values } from './schema-fields.ts'

type Props = { fields: SchemaField[]; values: Values; problems: Problem[]; path?: string; onChange: (values: Values) => void }

/** A form made from a JSON Schema. */
export function SchemaForm({ fields, values, problems, path = '', onChange }: Props) {
  return (
    <div className="flex flex-col gap-3.5">
      {fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          value={values[field.name]}
          problems={problems}
          path={path ? `${path}.${field.name}` : field.name}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
        />
      ))}
    </div>
  )
}

type OneProps = {
  field: SchemaField
  value: Values[string] | undefined
  problems: Problem[]
  path: string
  onChange: (value: Values[string]) => void
}

function OneField({ field, value, problems, path, onChange }: OneProps) {
  const texts = useTexts()
  const problem = problems.find((each) => each.path === path)?.problem
  if (field.kind === 'group') {
    return (
      <fieldset className="rounded-lg border border-line p-3">
        <legend className="px-1 font-mono text-xs font-medium">{field.name}</legend>
        {field.description && <p className="mb-2 text-xs text-muted">{field.description}</p>}
        <SchemaForm
          fields={field.fields}
          values={typeof value === 'object' && value !== null ? value : {}}
          problems={problems}
          path={path}
          onChange={onChange}
        />
      </fieldset>
    )
  }
  const byDefault = field.hint === null ? '' : texts.tools.byDefault(field.hint)
  const hint = [field.description, field.kind === 'lines' ? texts.tools.oneALine : '', byDefault].filter(Boolean).join(' ')
  const text = typeof value === 'string' ? value : ''
  return (
    <Field label={field.name} required={field.required} hint={hint || undefined} error={problem && texts.tools.problems[problem]}>
      {(props) => {
        if (field.kind === 'switch') {
          return (
            <Select
              {...props}
              value={value === null || value === undefined ? '' : String(value)}
              onChange={(event) => onChange(event.target.value === '' ? null : event.target.value === 'true')}
            >
              {!field.required && <option value="">{texts.tools.notSet}</option>}
              <option value="true">{texts.common.yes}</option>
              <option value="false">{texts.common.no}</option>
            </Select>
          )
        }
        if (field.kind === 'choice') {
          return (
            <Select {...props} value={text} onChange={(event) => onChange(event.target.value)}>
              <option value="">{texts.tools.notSet}</option>
              {field.options.map((option) => (
                <option key={option} value={option}>
                  {option.replace(/^"(.*)"$/, '$1')}
                </option>
              ))}
            </Select>
          )
        }
        if (field.kind === 'lines' || field.kind === 'json' || (field.kind === 'text' && field.long)) {
          return (
            <TextArea
              {...props}
              value={text}
              spellCheck={false}
              className="max-h-64 font-mono text-xs"
              onChange={(event) => onChange(event.target.value)}
            />
          )
        }
        return (
          <Input
            {...props}
            value={text}
            inputMode={field.kind === 'number' ? 'decimal' : undefined}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }}
    </Field>
  )
}
