const TABLE = /<table>((?:(?!<\/?table>).)*)<\/table>/gs
const ROW = /<tr>((?:(?!<\/?tr>).)*)<\/tr>/gs
const CELL = /<t[dh]((?: \w+="\d+")*)>((?:(?!<\/?t[dh][ >]).)*)<\/t[dh]>/gs

/**
 * Tables of mammoth's HTML as Markdown can have them: the first row is the head, and where cells were joined the others stay empty, so that
 * every cell keeps its column. Tables that hold tables stay as they are.
 */
export function flatTables(html: string): string {
  return html.replace(TABLE, (_, body: string) => {
    const rows: string[][] = []
    for (const [at, [, cells = '']] of [...body.matchAll(ROW)].entries()) {
      const row = (rows[at] ??= [])
      for (const [, spans = '', content = ''] of cells.matchAll(CELL)) {
        let column = 0
        while (row[column] !== undefined) column++
        const [wide, high] = [span(spans, 'colspan'), span(spans, 'rowspan')]
        for (let down = 0; down < high; down++) for (let right = 0; right < wide; right++) (rows[at + down] ??= [])[column + right] = ''
        row[column] = content
      }
    }
    const width = Math.max(0, ...rows.map((row) => row.length))
    const lines = rows.map((row, at) => `<tr>${Array.from({ length: width }, (_, column) => cellOf(row[column] ?? '', at === 0)).join('')}</tr>`)
    return `<table>${lines.join('')}</table>`
  })
}

const cellOf = (content: string, isHead: boolean) => (isHead ? `<th>${content}</th>` : `<td>${content}</td>`)

/** Not more than a page of Word can have: a number in a file is no reason to fill the memory. */
function span(attributes: string, name: string): number {
  return Math.min(100, Math.max(1, Number(new RegExp(`${name}="(\\d+)"`).exec(attributes)?.[1] ?? 1)))
}
