import { importHistory } from '@cadre/client'
import type { Imported, ImportSource } from '@cadre/contract/conversations'
import { useEffect, useRef, useState } from 'react'
import { useRoomTexts } from '../../i18n/room-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { roomsChanged } from './conversation-queries.ts'

const sources: ImportSource[] = ['chatgpt', 'open-webui', 'librechat']
/** Less at once than a server takes: then there is more to tell of how far it is. */
const partCharacters = 4_000_000

/** Takes over the history of another program from a file, part by part. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts()
  const more = useRoomTexts()
  const [source, setSource] = useState<ImportSource>('chatgpt')
  const [file, setFile] = useState<File | null>(null)
  const [wrong, setWrong] = useState<string | undefined>(undefined)
  const [done, setDone] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [imported, setImported] = useState<Imported | null>(null)
  const leaving = useRef<AbortController>(null)
  useEffect(() => () => leaving.current?.abort(), [])

  const begin = async () => {
    if (!file) return setWrong(more.fileNeeded)
    const abort = new AbortController()
    leaving.current = abort
    setWrong(undefined)
    setError(null)
    setDone(0)
    const text = await file.text()
    try {
      setImported(await importHistory(client, source, text, { partCharacters, onProgress: setDone, signal: abort.signal }))
    } catch (error) {
      if (error instanceof SyntaxError) setWrong(text.startsWith('PK') ? more.isArchive : more.notJson)
      else if (!abort.signal.aborted) setError(error)
    }
    setDone(null)
    await roomsChanged()
  }

  return (
    <Dialog open onClose={onClose} title={more.import} text={more.importText}>
      {imported ? (
        <Result imported={imported} onClose={onClose} />
      ) : (
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault()
            void begin()
          }}
        >
          <DialogBody className="flex flex-col gap-4">
            <Field label={more.from}>
              {(field) => (
                <Select {...field} value={source} disabled={done !== null} onChange={(event) => setSource(event.target.value as ImportSource)}>
                  {sources.map((each) => (
                    <option key={each} value={each}>
                      {more.sources[each]}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={more.file} required hint={more.fileHints[source]} error={wrong}>
              {(field) => (
                <Input
                  {...field}
                  type="file"
                  accept=".json,application/json"
                  className="py-1"
                  disabled={done !== null}
                  onChange={(event) => {
                    setFile(event.target.files?.[0] ?? null)
                    setWrong(undefined)
                  }}
                />
              )}
            </Field>
            {done !== null && <progress className="block h-1.5 w-full accent-accent" aria-label={more.importing} max={1} value={done} />}
            {error !== null && <ErrorBox error={error} />}
          </DialogBody>
          <DialogFooter>
            {done === null ? (
              <Button onClick={onClose}>{texts.common.cancel}</Button>
            ) : (
              <Button onClick={() => leaving.current?.abort()}>{more.stopImport}</Button>
            )}
            <Button look="primary" type="submit" busy={done !== null}>
              {more.begin}
            </Button>
          </DialogFooter>
        </form>
      )}
    </Dialog>
  )
}

function Result({ imported, onClose }: { imported: Imported; onClose: () => void }) {
  const texts = useTexts()
  const more = useRoomTexts()
  const format = useFormat()
  const { conversations, skipped, problems } = imported
  return (
    <>
      <DialogBody className="flex flex-col gap-3 text-[13px]">
        <p role="status">
          {more.imported(conversations.length, format.number(conversations.length))} {skipped > 0 && more.skipped(skipped, format.number(skipped))}
        </p>
        {problems.length > 0 && (
          <section>
            <h3 className="mb-1 font-semibold">{more.problems}</h3>
            <ul className="flex max-h-60 flex-col gap-1 overflow-y-auto">
              {problems.map(({ path, message }, i) => (
                <li key={`${i} ${path}`} className="break-words">
                  <code className="text-xs text-muted">{path}</code> {message}
                </li>
              ))}
            </ul>
          </section>
        )}
      </DialogBody>
      <DialogFooter>
        <Button look="primary" onClick={onClose}>
          {texts.common.close}
        </Button>
      </DialogFooter>
    </>
  )
}
