import bash from 'highlight.js/lib/languages/bash'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import markdown from 'highlight.js/lib/languages/markdown'
import python from 'highlight.js/lib/languages/python'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { createLowlight } from 'lowlight'
import type { LanguageId } from './markdown-languages.ts'

// Fetched, by the worker, when the first block of code is seen.

const grammars = { bash, css, diff, go, javascript, json, markdown, python, rust, sql, typescript, xml, yaml } satisfies Record<LanguageId, unknown>
const lowlight = createLowlight(grammars)

/** The colours of theme.css for what the grammars tell apart; what is not named here stays as it is. */
const looks: Record<string, string> = {
  ...ofAll('text-accent', 'keyword built_in tag name selector-tag section template-tag meta-keyword'),
  ...ofAll('text-success', 'string regexp char addition link code'),
  ...ofAll('text-info', 'number literal symbol bullet attr attribute property variable template-variable selector-attr selector-pseudo'),
  ...ofAll('text-warning', 'title type class function selector-class selector-id'),
  ...ofAll('text-muted', 'comment quote doctag meta'),
  ...ofAll('text-danger', 'deletion'),
  ...ofAll('font-semibold', 'strong'),
  ...ofAll('italic', 'emphasis'),
}

function ofAll(className: string, scopes: string) {
  return Object.fromEntries(scopes.split(' ').map((scope) => [scope, className]))
}

export type CodePart = { text: string; className: string | null }
type Node = { type: string; value?: string; properties?: { className?: unknown }; children?: Node[] }

/** Code in parts, each with the class that colours it: put together they are the text again, and there is nothing else in them. */
export function colourCode(language: LanguageId, text: string): CodePart[] {
  const parts: CodePart[] = []
  const walk = (nodes: Node[], around: string | null) => {
    for (const { value, properties, children } of nodes) {
      if (children) {
        const [scope = ''] = Array.isArray(properties?.className) ? properties.className : []
        // What stands inside a string again, as in a template, is code again.
        walk(children, scope === 'subst' ? null : (looks[scope] ?? around))
      } else if (value) {
        const last = parts.at(-1)
        if (last?.className === around) last.text += value
        else parts.push({ text: value, className: around })
      }
    }
  }
  walk(lowlight.highlight(language, text, { prefix: '' }).children as Node[], null)
  return parts
}
