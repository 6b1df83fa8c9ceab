import type { Attachment } from '@cadre/contract/messages'
import { useEffect, useRef, useState } from 'react'
import { uploadFile } from './upload-file.ts'

export type Upload = { key: string; name: string; bytes: number; part: number; attachment: Attachment | null; error: unknown }

/** Files on their way into the next message. */
export function useUploads(conversationId: string) {
  const [uploads, setUploads] = useState<Upload[]>([])
  const running = useRef(new Map<string, AbortController>())
  useEffect(() => {
    const { current } = running
    return () => {
      for (const upload of current.values()) upload.abort()
    }
  }, [])
  const put = (key: string, change: Partial<Upload>) => setUploads((all) => all.map((each) => (each.key === key ? { ...each, ...change } : each)))

  const add = (files: Iterable<File>) => {
    for (const file of files) {
      const key = crypto.randomUUID()
      const leaving = new AbortController()
      running.current.set(key, leaving)
      setUploads((all) => [...all, { key, name: file.name, bytes: file.size, part: 0, attachment: null, error: null }])
      uploadFile(conversationId, file, (part) => put(key, { part }), leaving.signal).then(
        (attachment) => put(key, { attachment, part: 1 }),
        (error: unknown) => !leaving.signal.aborted && put(key, { error }),
      )
    }
  }
  const remove = (key: string) => {
    running.current.get(key)?.abort()
    setUploads((all) => all.filter((each) => each.key !== key))
  }
  return { uploads, add, remove, clear: () => setUploads([]) }
}
