import { Agent, AgentRegistry, createTool, type VoltAgentObservability } from '@voltagent/core'
import { trace } from '@opentelemetry/api'
import { jsonSchema, type ModelMessage } from 'ai'
import type { Engine, EngineTool } from './engine.ts'

/**
 * The one file that knows VoltAgent (2.10.0; design.md section 4 lists its traps). It runs the loop (model, tools, model...) and
 * nothing else: no memory, no retries, no spans, no second model. It is always asked to generate; where a run streams, the model
 * wrapper streams from the provider and publishes the text itself (docs/decisions/0002).
 */
export const runWithVoltAgent: Engine = async (turn) => {
  const agent = new Agent({
    name: turn.agent,
    instructions: turn.system,
    model: turn.model,
    tools: turn.tools.map(toVoltTool),
    memory: false,
    maxRetries: 0,
    temperature: turn.temperature,
    maxOutputTokens: turn.max_tokens,
  })
  const messages: ModelMessage[] = [...(turn.history as ModelMessage[]), { role: 'user', content: turn.prompt }]
  const answer = await agent.generateText(messages, {
    maxRetries: 0,
    // The limits are ours (run-limits.ts); this one only must not come first.
    maxSteps: 100_000,
    abortSignal: turn.signal,
    allowSystemInMessages: true,
  } as Parameters<typeof agent.generateText>[1])
  return { text: answer.text, history: [...messages, ...answer.response.messages] }
}

function toVoltTool(tool: EngineTool) {
  return createTool({
    name: tool.name,
    description: tool.description,
    // The input is checked by our own validator, which names the field; the SDK only passes the schema on.
    parameters: jsonSchema(tool.input) as never,
    execute: (input: unknown, options) =>
      tool.execute((options as { toolContext?: { callId?: string } } | undefined)?.toolContext?.callId ?? '', input),
  })
}

// Without this, VoltAgent keeps a span with the whole prompt for every call of every agent in memory.
const silent = {
  getTracer: () => trace.getTracer('cadre'),
  flushOnFinish: async () => {},
  updateServerlessRemote: () => {},
  shutdown: async () => {},
}
AgentRegistry.getInstance().setGlobalObservability(silent as unknown as VoltAgentObservability)
