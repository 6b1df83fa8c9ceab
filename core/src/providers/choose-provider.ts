import type { ProviderType } from '@cadre/contract/providers'
import { type AliasTable, defaultModels, typeOfModel } from './aliases.ts'
import { environmentNames, type Known } from './known-providers.ts'

type Choice = Known | { missing: true; problem: string } | { missing: false; problem: string }

/** Which provider answers, or why none does. */
export function choose(known: Known[], provider: string, model: string, aliases: AliasTable): Choice {
  if (provider === 'auto') return chooseFor(known, model, aliases) ?? { missing: false, problem: noneFor(model, aliases) }
  const named = known.find((each) => each.id === provider)
  if (!named) return { missing: true, problem: `there is no provider '${provider}'; add it with POST /api/v1/providers` }
  return named.problem === null ? named : { missing: false, problem: `provider '${provider}' cannot be used: ${named.problem}` }
}

const local: ProviderType[] = ['ollama', 'lmstudio', 'gguf', 'custom']

// A model that says whose it is goes there, or to a gateway that may have it; one that nobody knows to a server of one's own, or to the
// first that is no planner.
function chooseFor(known: Known[], model: string, aliases: AliasTable): Known | undefined {
  const usable = known.filter((each) => each.problem === null)
  if (model === 'auto') return usable.find(canChoose)
  const type = typeOfModel(aliases, model)
  const own = usable.find((each) => each.type === type) ?? usable.find((each) => each.type === 'custom')
  if (own || type !== null) return own
  return usable.find((each) => local.includes(each.type)) ?? usable.find((each) => each.type !== 'builtin')
}

// What a subscription has of Azure and Bedrock cannot be guessed, and credentials for AWS are often set for something else.
function canChoose({ type, default_model }: Known) {
  return default_model !== null || defaultModels[type] !== undefined || local.includes(type)
}

function noneFor(model: string, aliases: AliasTable) {
  const type = typeOfModel(aliases, model)
  const name = type === null ? undefined : environmentNames[type]
  const how = name === undefined ? 'add' : `set ${name}, or add`
  return `no usable provider has the model '${model}': ${how} one with POST /api/v1/providers (without any, the model 'auto' is the built-in planner)`
}
