import { describe, expect, it } from 'vitest'
import type { JSONSchema7, LanguageModelV3Prompt, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { orders, shop, staff } from './cases/data.ts'
import { heldBack } from './cases/held-back.ts'
import { known, type Case } from './cases/known.ts'
import { more } from './cases/more.ts'
import { plannerModel } from './planner-model.ts'
import { bundled, runLoop, userText, type TestTool } from './test-loop.ts'
import fc from 'fast-check'

const everything = ['data-transform', 'date-utils', 'formula-engine', 'calculator', 'json-utils'] as const

async function check(tools: TestTool[], item: Case) {
  const run = await runLoop(tools, item.ask, item.data)
  for (const wanted of item.has ?? []) expect(run.text).toMatch(wanted)
  for (const unwanted of item.not ?? []) expect(run.text).not.toMatch(unwanted)
  if (item.json !== undefined) expect(run.json).toEqual(item.json)
  if (item.tools) expect(run.steps.map((step) => step.tool)).toEqual(item.tools)
  if (item.turns) expect(run.turns).toEqual(item.turns)
  expect(run.steps.length).toBeLessThanOrEqual(15)
}

describe('instructions, with the bundled ForgeHooks', () => {
  it.each(known)('$ask', async (item) => check(await bundled(...everything), item))
  it.each(heldBack)('$ask', async (item) => check(await bundled(...everything), item))
  it.each(more)('$ask', async (item) => check(await bundled(...everything), item))
})

const ask = (text: string): LanguageModelV3Prompt => [{ role: 'user', content: [{ type: 'text', text }] }]
const string = { type: 'string' }

function tool(name: string, description: string, properties: Record<string, unknown>, required: string[], run: (input: any) => unknown): TestTool {
  return {
    definition: {
      type: 'function',
      name,
      description,
      inputSchema: { type: 'object', properties, required, additionalProperties: false } as JSONSchema7,
    },
    run,
  }
}

const strangers = [
  tool('crm__find_customer', 'Look up a customer by e-mail address', { email: string }, ['email'], ({ email }) => ({ customer_id: 77, email })),
  tool(
    'crm__create_ticket',
    'Open a support ticket',
    { customer_id: { type: 'number' }, subject: string, priority: { type: 'string', enum: ['low', 'high'] } },
    ['customer_id', 'subject'],
    () => ({ ticket: 1 }),
  ),
  tool('mailer__send_email', 'Send an e-mail', { to: string, subject: string, body: string }, ['to', 'subject', 'body'], () => ({ sent: true })),
  tool('weather__current', 'Current weather in a city', { city: string }, ['city'], () => ({ temp: 21 })),
  tool('math__add_numbers', 'Add two numbers', { a: { type: 'number' }, b: { type: 'number' } }, ['a', 'b'], ({ a, b }) => a + b),
  tool('store__delete_items', 'Delete items of the store', { name: string }, ['name'], () => ({ deleted: 1 })),
]

describe('tools nobody told it about', () => {
  it.each([
    ['call the tool math__add_numbers with a=1, b=2', { a: 1, b: 2 }],
    ['use crm__find_customer with email ana@x.org', { email: 'ana@x.org' }],
    ['look up the customer with email ana@x.org', { email: 'ana@x.org' }],
    ['Send an email to bob@x.org with subject "Hi" and body "See you"', { to: 'bob@x.org', subject: 'Hi', body: 'See you' }],
    ['what is the weather in Lisbon?', { city: 'Lisbon' }],
    ['add numbers 4 and 5', { a: 4, b: 5 }],
  ])('%s', async (input, wanted) => {
    const run = await runLoop(strangers, input)
    expect(run.steps.map((step) => step.input)).toEqual([wanted])
  })

  it('hands what one tool answered to the next', async () => {
    const run = await runLoop(strangers, 'Look up the customer ana@x.org and open a ticket with subject "Broken lamp" and high priority')
    expect(run.steps.map((step) => step.tool)).toEqual(['crm__find_customer', 'crm__create_ticket'])
    expect(run.steps[1]?.input).toEqual({ customer_id: 77, subject: 'Broken lamp', priority: 'high' })
  })

  it('fills inputs from the data by name', async () => {
    const run = await runLoop(strangers, 'find customer', { contact: { email: 'in@data.org' } })
    expect(run.steps[0]?.input).toEqual({ email: 'in@data.org' })
  })

  it('says which input is missing rather than guess', async () => {
    const run = await runLoop(strangers, 'Send an email to bob@x.org')
    expect(run.steps).toEqual([])
    expect(run.text).toMatch(/mailer__send_email.*subject, body/)
  })

  it('does not call what it was told not to, nor what may not be undone on a likeness', async () => {
    expect((await runLoop(strangers, "don't send an email to bob@x.org with subject 'a' and body 'b'")).steps).toEqual([])
    expect((await runLoop(strangers, 'get rid of every item called "x"')).steps).toEqual([])
  })

  it('says so when a named tool is not there', async () => {
    expect((await runLoop(strangers, 'call nothing__here with x=1')).text).toMatch('There is no tool "nothing__here"')
  })
})

describe('honesty', () => {
  it('says what it is', async () => {
    for (const input of ['hi', 'who are you?', 'what can you do?', 'write me a poem about the sea', 'What is the capital of France?']) {
      expect((await runLoop([], input)).text).toMatch("I am Cadre's offline planner, not a language model.")
    }
  })

  it('reports a failing tool and never calls it again in the same way', async () => {
    const broken = tool('broken__thing', 'Does a thing', { x: { type: 'number' } }, ['x'], () => {
      throw new Error('the service is down')
    })
    const run = await runLoop([broken], 'use broken__thing with x = 4')
    expect(run.steps).toHaveLength(1)
    expect(run.text).toMatch('broken__thing failed: the service is down')
  })

  it('tries one other tool after an error', async () => {
    const sum = tool('formula-engine__evaluate', '', { expression: string, rows: { type: 'array' } }, ['expression'], () => {
      throw new Error('out of order')
    })
    const run = await runLoop(
      [sum, ...(await bundled('formula-engine')).filter((item) => item.definition.name.endsWith('aggregate'))],
      'total amount',
      orders,
    )
    expect(run.steps.map((step) => step.tool)).toEqual(['formula-engine__evaluate', 'formula-engine__aggregate'])
    expect(run.text).toMatch('855.5')
  })

  it('gives no figure when a step that decides it failed', async () => {
    const run = await runLoop(await bundled('formula-engine'), 'keep only paid orders, then total the amount', orders)
    expect(run.text).toMatch('Filtering is not possible here')
    expect(run.text).not.toMatch(/\d{3}/)
  })

  it('asks which column is meant instead of choosing one', async () => {
    expect((await runLoop(await bundled('formula-engine'), 'what is the total?', staff)).text).toMatch(/salary, age could be meant/)
  })

  it('refuses figures that its rules cannot work out', async () => {
    const tools = await bundled('formula-engine')
    for (const input of ['running total of amount', 'total amount 2024 vs 2023', 'forecast the total amount'])
      expect((await runLoop(tools, input, orders)).steps).toEqual([])
  })

  it('answers without tools when none may be called', async () => {
    const run = await runLoop(await bundled('formula-engine'), 'total amount', orders, { toolChoice: { type: 'none' } })
    expect(run.text).toMatch('not possible here')
  })
})

describe('the form of the answer', () => {
  const schema: JSONSchema7 = {
    type: 'object',
    properties: { total: { type: 'number' }, regions: { type: 'array', items: { type: 'object' } } },
    required: ['total', 'regions'],
  }

  it('fits a schema given as response format', async () => {
    const run = await runLoop(await bundled('formula-engine'), 'total amount, and total amount by region', orders, {
      responseFormat: { type: 'json', schema },
    })
    expect(run.json).toEqual({
      total: 855.5,
      regions: [
        { region: 'West', total_amount: 515.5 },
        { region: 'East', total_amount: 290 },
        { region: 'North', total_amount: 50 },
      ],
    })
  })

  it('fits a schema quoted in the system prompt', async () => {
    const run = await runLoop(await bundled('calculator'), 'what is 15% of 240?', undefined, {
      system: `Answer only with JSON that fits this JSON Schema:\n${JSON.stringify({ type: 'object', properties: { answer: { type: 'number' } }, required: ['answer'] })}`,
    })
    expect(run.json).toEqual({ answer: 36 })
  })

  it('tells in JSON as well how it understood words that were not a column', async () => {
    const run = await runLoop(await bundled('formula-engine'), 'total revenue by region as JSON', orders)
    expect(run.json).toEqual({ totals_by_region: { West: 515.5, East: 290, North: 50 }, notes: ['I took "revenue" to mean the column amount.'] })
  })

  it('goes on from earlier turns of a conversation', async () => {
    const before: LanguageModelV3Prompt = [
      { role: 'user', content: [{ type: 'text', text: userText('how many rows?', shop.orders) }] },
      { role: 'assistant', content: [{ type: 'text', text: 'There are 3 rows.' }] },
    ]
    expect((await runLoop(await bundled('formula-engine'), 'now the total amount', undefined, { before })).text).toMatch('105')
  })

  it('streams what it would have generated', async () => {
    const model = plannerModel()
    const { stream } = await model.doStream({ prompt: ask('who are you?'), tools: strangers.map((item) => item.definition) })
    const parts: LanguageModelV3StreamPart[] = []
    for await (const part of stream) parts.push(part)
    const whole = await model.doGenerate({ prompt: ask('who are you?'), tools: strangers.map((item) => item.definition) })
    expect(parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')).toBe(
      whole.content[0]?.type === 'text' ? whole.content[0].text : '',
    )
    expect(parts[0]?.type).toBe('stream-start')
    expect(parts.at(-1)).toEqual({ type: 'finish', finishReason: whole.finishReason, usage: whole.usage })
  })
})

describe('whatever comes in', () => {
  const junk = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .array(
        fc.constantFrom(
          ...'sort sum total by and then , . : ; " ` ( [ { top 3 average of between 2024-01-01 and x = amount region not above remove duplicates join pivot convert 5 km to % rename fill with where is'.split(
            ' ',
          ),
        ),
        { maxLength: 25 },
      )
      .map((list) => list.join(' ')),
  )
  const anything = fc.option(fc.oneof(fc.jsonValue(), fc.constant(orders), fc.constant(shop), fc.string()), { nil: undefined })

  it('never throws, always ends, calls only what is offered with inputs that fit, and is deterministic', async () => {
    const tools = [...(await bundled('formula-engine', 'calculator', 'date-utils')), ...strangers]
    await fc.assert(
      fc.asyncProperty(junk, anything, async (input, data) => {
        const [one, two] = [await runLoop(tools, input, data), await runLoop(tools, input, data)]
        expect(two).toEqual(one)
        expect(one.steps.length).toBeLessThanOrEqual(15)
        expect(one.text).not.toBe('')
      }),
      { numRuns: 150 },
    )
  })
})
