export type RunRequest = { origin: string; agent: string; input: string; data?: unknown }

/**
 * The same run as a call for others. The key is named and never written: who pastes it puts in their own.
 */
export function asCurl(request: RunRequest): string {
  return [
    `curl -sS ${shellQuoted(urlOf(request))}`,
    "  -H 'Content-Type: application/json'",
    '  -H "X-API-Key: $CADRE_API_KEY"',
    `  --data-raw ${shellQuoted(JSON.stringify(bodyOf(request)))}`,
  ].join(' \\\n')
}

export function asFetch(request: RunRequest): string {
  return `const response = await fetch(${JSON.stringify(urlOf(request))}, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-API-Key': process.env.CADRE_API_KEY ?? '' },
  body: JSON.stringify(${indented(JSON.stringify(bodyOf(request), null, 2))}),
})
const { success, data, error } = await response.json()
if (!success) throw new Error(error)
console.log(data.output)`
}

/** A node for n8n, which takes it from the clipboard. Its credential is of the kind "Header Auth", with the name X-API-Key. */
export function asN8n(request: RunRequest): string {
  const node = {
    name: `Run ${request.agent}`,
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    position: [0, 0],
    parameters: {
      method: 'POST',
      url: urlOf(request),
      authentication: 'genericCredentialType',
      genericAuthType: 'httpHeaderAuth',
      sendBody: true,
      specifyBody: 'json',
      // Text that begins with = is an expression in n8n, and braces in any other are text.
      jsonBody: JSON.stringify(bodyOf(request), null, 2),
      options: { timeout: 60_000 },
    },
  }
  return JSON.stringify({ nodes: [node], connections: {} }, null, 2)
}

function urlOf({ origin, agent }: RunRequest) {
  return `${origin}/api/v1/agents/${encodeURIComponent(agent)}/run`
}

function bodyOf({ input, data }: RunRequest) {
  return data === undefined ? { input } : { input, data }
}

/** Nothing means anything to a shell inside single quotes but the next one. */
function shellQuoted(text: string) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function indented(json: string) {
  return json.replaceAll('\n', '\n  ')
}
