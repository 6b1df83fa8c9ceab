/** The data of each server-sent event of a response, parsed. Comments and keep-alives are passed over. */
export async function* serverSentEvents<T>(response: Response): AsyncGenerator<T> {
  if (!response.body) throw new Error('the answer has no body')
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n')
      if (data) yield JSON.parse(data) as T
    }
  }
}
