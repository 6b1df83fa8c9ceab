import { colourCode } from './markdown-highlight.ts'
import type { LanguageId } from './markdown-languages.ts'

// Runs beside the page: see markdown-colours.ts.

export type Question = { language: LanguageId; text: string }

onmessage = ({ data: { language, text } }: MessageEvent<Question>) => postMessage(colourCode(language, text))
// It is there: from now on its time counts.
postMessage(null)
