import type { LifecycleState, SwitchLifecycle } from '@cadre/contract/lifecycle'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useLifecycleTexts } from '../../i18n/lifecycle-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Check } from '../../ui/field.tsx'
import { Badge, Card, CardTitle, Figure, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useAct } from '../../ui/use-act.ts'
import { useMay } from '../access/access-queries.ts'
import { Who } from '../access/who.tsx'
import { Ago } from '../runs/run-status.tsx'
import { LifecycleAgents } from './lifecycle-agents.tsx'
import { fieldsOf, type Problem, readInput, startValues } from './schema-fields.ts'
import { SchemaForm } from './schema-form.tsx'

type Point = LifecycleState['points'][number]

/** What a ForgeHook does by itself, beside the tools that agents call: switched on by an admin, for builders to see. */
export function LifecycleCard({ pluginId }: { pluginId: string }) {
  const texts = useLifecycleTexts()
  const { data, error, refetch } = useQuery({
    queryKey: ['lifecycle', pluginId],
    queryFn: ({ signal }) => client.plugins.lifecycle({ id: pluginId }, { signal }),
  })
  return (
    <Card className="min-w-0">
      <CardTitle>{texts.title}</CardTitle>
      <div className="flex flex-col gap-4 p-4">
        <p className="text-[13px] text-muted">{texts.text}</p>
        {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton rows={4} />}
        {/* Made anew where somebody else set it: what is shown is what holds. */}
        {data && <Switches key={data.switched_at} state={data} />}
      </div>
    </Card>
  )
}

function Switches({ state }: { state: LifecycleState }) {
  const texts = useLifecycleTexts()
  const mayChange = useMay('plugins.switchLifecycle')
  const { busy, error, act } = useAct<'save'>()
  const [on, setOn] = useState(() => new Set(state.points.filter((each) => each.on).map(({ point }) => point)))
  const [agents, setAgents] = useState<string[] | null>(state.agents)
  const fields = useMemo(() => (state.options_schema ? fieldsOf(state.options_schema) : []), [state])
  const [values, setValues] = useState(() => startValues(fields, state.options))
  const [problems, setProblems] = useState<Problem[]>([])
  const noneChosen = agents?.length === 0

  const save = () => {
    const { input, problems } = readInput(fields, values)
    setProblems(problems)
    if (problems.length > 0 || noneChosen) return
    const wanted: SwitchLifecycle = { points: [...on], agents, options: input }
    void act('save', async () => {
      queries.setQueryData(['lifecycle', state.plugin], await client.plugins.switchLifecycle({ id: state.plugin, ...wanted }))
      toast(texts.saved)
    })
  }
  const toggle = (point: Point['point'], isOn: boolean) => {
    const next = new Set(on)
    if (isOn) next.add(point)
    else next.delete(point)
    setOn(next)
  }

  return (
    <form
      className="flex min-w-0 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <ul className="divide-y divide-line rounded-lg border border-line">
        {state.points.map((each) => (
          <OnePoint key={each.point} point={each} isOn={on.has(each.point)} mayChange={mayChange} onToggle={(isOn) => toggle(each.point, isOn)} />
        ))}
      </ul>
      <fieldset disabled={!mayChange} className="flex min-w-0 flex-col gap-4">
        <LifecycleAgents chosen={agents} onChange={setAgents} />
        {fields.length > 0 && (
          <div>
            <h3 className="mb-2 text-[13px] font-semibold">{texts.options}</h3>
            <SchemaForm fields={fields} values={values} problems={problems} onChange={setValues} />
          </div>
        )}
      </fieldset>
      {error !== null && <ErrorBox error={error} />}
      <div className="flex flex-wrap items-center gap-3 text-xs text-muted">
        {mayChange ? (
          <Button type="submit" look="primary" busy={busy !== null} disabled={noneChosen}>
            {texts.save}
          </Button>
        ) : (
          <p>{texts.adminsOnly}</p>
        )}
        {state.switched_at !== null && state.switched_by !== null && (
          <span>
            {texts.switchedBy} <Who id={state.switched_by} />, <Ago at={state.switched_at} />
          </span>
        )}
      </div>
    </form>
  )
}

type PointProps = { point: Point; isOn: boolean; mayChange: boolean; onToggle: (isOn: boolean) => void }

function OnePoint({ point, isOn, mayChange, onToggle }: PointProps) {
  const texts = useLifecycleTexts()
  const format = useFormat()
  return (
    <li className="flex flex-col gap-2 px-3 py-2.5">
      <Check
        label={<span className="font-medium">{texts.points[point.point]}</span>}
        hint={point.description}
        checked={isOn}
        disabled={!mayChange}
        onChange={(event) => onToggle(event.target.checked)}
      />
      <p className="flex flex-wrap gap-1 pl-6">
        {point.changes && <Badge tone="info">{texts.changes}</Badge>}
        {point.required && <Badge tone="warning">{texts.required}</Badge>}
        <Badge>{texts.timeout(format.duration(point.timeout_ms))}</Badge>
      </p>
      <dl className="grid grid-cols-2 gap-2 pl-6 text-[13px] sm:grid-cols-4">
        {(['calls', 'changed', 'refused', 'failed'] as const).map((figure) => (
          <Figure key={figure} label={texts.figures[figure]}>
            {format.number(point[figure])}
          </Figure>
        ))}
      </dl>
      {point.last_error !== null && (
        <p className="ml-6 break-words rounded-md bg-danger-soft px-3 py-2 text-xs">
          {texts.lastError}
          {point.last_failed_at !== null && (
            <>
              {' '}
              (<Ago at={point.last_failed_at} />)
            </>
          )}
          : {point.last_error}
        </p>
      )}
    </li>
  )
}
