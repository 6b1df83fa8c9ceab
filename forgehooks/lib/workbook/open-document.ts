import type { WorkBook } from '@e965/xlsx'
import { decoded } from './xlsx-cell.ts'

/** What the reader leaves out of an OpenDocument file: names of sheets with & in them as they are, and which sheets are hidden. */
export function completeOpenDocument(book: WorkBook, content: string): WorkBook {
  const hidden = new Set([...content.matchAll(STYLE)].filter(([, , body]) => /\stable:display="false"/.test(body ?? '')).map(([, name]) => name))
  const styles = [...content.matchAll(/<table:table\s([^>]*)>/g)].map(([, attributes]) => /table:style-name="([^"]*)"/.exec(attributes ?? '')?.[1])
  const names = book.SheetNames.map(decoded)
  return {
    ...book,
    SheetNames: names,
    Sheets: Object.fromEntries(book.SheetNames.map((name, at) => [names[at], book.Sheets[name]])) as WorkBook['Sheets'],
    Workbook: { ...book.Workbook, Sheets: names.map((name, at) => ({ name, Hidden: hidden.has(styles[at]) ? 1 : 0 })) },
  }
}

const STYLE = /<style:style\s[^>]*?style:name="([^"]*)"[^>]*style:family="table"[^>]*>([\s\S]*?)<\/style:style>/g
