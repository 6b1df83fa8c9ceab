/** Versions of an agent, templates to begin with, and who may use it. */
export const versions = {
  title: 'Versions',
  open: 'Versions',
  text: 'Each change is kept. A version that is brought back becomes a new one, so nothing is ever lost.',
  version: (n: string) => `Version ${n}`,
  current: 'now',
  made: 'Made',
  changed: (fields: string) => `Changed: ${fields}`,
  broughtBack: (n: string) => `Brought back version ${n}`,
  compareWith: 'Beside',
  noDifference: 'The two are the same.',
  rollBack: 'Bring this version back',
  rollBackTitle: (n: string) => `Bring version ${n} back?`,
  rollBackText: 'The agent becomes what it was then. What it is now stays in the list of versions.',
  rolledBack: (n: string) => `Version ${n} is back.`,
  more: 'Older versions',
  fields: {
    name: 'Name',
    description: 'Description',
    provider: 'Provider',
    model: 'Model',
    system_prompt: 'Instructions',
    role: 'Role',
    backstory: 'Backstory',
    goal: 'Goal',
    prompt_template: 'Template of the prompt',
    tools: 'Tools',
    output_schema: 'Shape of its answers',
    is_public: 'Public',
    api_key_required: 'Needs an API key',
    allowed_api_keys: 'API keys that may run it',
  } as Record<string, string>,
}

export const templates = {
  title: 'Begin with',
  chosen: (name: string) => `The form is filled in with “${name}”.`,
  list: {
    assistant: {
      name: 'Assistant',
      description: 'Answers questions and uses tools where they help.',
      prompt:
        'You are a helpful assistant. Answer briefly and to the point. Use your tools for dates, sums and data instead of guessing. Say so when you do not know.',
    },
    cleanup: {
      name: 'Data cleanup',
      description: 'Brings messy tables in order and says what it changed.',
      prompt:
        'You clean up data. Trim spaces, remove duplicate rows, write dates as ISO 8601 and numbers without separators. Never invent a value. Say at the end what you changed, and how many rows.',
    },
    dates: {
      name: 'Date clerk',
      description: 'Finds dates in text, and counts days and workdays.',
      prompt: 'You work with dates. Find every date in what you are given, write each as ISO 8601, and calculate with your tools, never by heart.',
    },
    summary: {
      name: 'Summariser',
      description: 'Makes long texts short without losing what matters.',
      prompt:
        'You summarise texts. Begin with the one sentence that matters most, then at most five points. Keep names, numbers and dates exactly as they are. Add nothing that is not in the text.',
    },
    reviewer: {
      name: 'Reviewer',
      description: 'Reads a draft against its aim and says what to mend.',
      prompt:
        'You review drafts. Say first whether the draft does what it is for. Then list what to mend, the most important first, each with a sentence that does it better. Praise nothing that does not matter.',
    },
    extractor: {
      name: 'Extractor',
      description: 'Turns text into records of one shape.',
      prompt: 'You extract data from text. Fill in only what the text says. Leave out what it does not say. Answer with JSON and nothing else.',
    },
  },
}

export const accessForm = {
  title: 'Who may use it',
  text: 'People of this workspace see it in any case. These settings are for callers from outside.',
  isPublic: 'Public: seen without a login',
  isPublicHint: 'Name, description, model and tools; never its instructions.',
  keyRequired: 'Runs only with an API key',
  keyRequiredHint: 'Without this, a public agent is run by anybody, at your cost.',
  open: 'Anybody who reaches this server can run it, without a key.',
  keys: 'API keys that may run it',
  anyKey: 'None chosen: any key of this workspace may run it.',
  goneKey: 'a key that is gone',
}
