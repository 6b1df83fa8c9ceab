import { CadreError, type ErrorCode } from '@cadre/client'
import type { Attachment } from '@cadre/contract/messages'

/**
 * Uploads a file for a message. By XMLHttpRequest: fetch does not tell how much of a body has been sent.
 * @param onProgress from 0 to 1.
 */
export async function uploadFile(conversationId: string, file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<Attachment> {
  const body = JSON.stringify({ name: file.name, content: await base64Of(file) })
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/conversations/${encodeURIComponent(conversationId)}/attachments`)
    request.setRequestHeader('content-type', 'application/json')
    request.responseType = 'json'
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0))
    request.addEventListener('load', () => {
      const answer = request.response as { success?: boolean; data: Attachment; error?: string; code?: ErrorCode } | null
      if (answer?.success) resolve(answer.data)
      else reject(new CadreError(answer?.code ?? 'INTERNAL', answer?.error ?? `the server answered ${request.status}`))
    })
    request.addEventListener('error', () => reject(new CadreError('UNAVAILABLE', 'the connection broke')))
    request.addEventListener('abort', () => reject(signal.reason))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
}

/** Under another origin's rules a link to it would need a key: here the session's cookie goes with it. */
export const fileUrl = (id: string) => `/api/v1/attachments/${encodeURIComponent(id)}`

async function base64Of(file: File): Promise<string> {
  const reader = new FileReader()
  const read = new Promise<string>((resolve, reject) => {
    reader.addEventListener('load', () => resolve(String(reader.result)))
    reader.addEventListener('error', () => reject(reader.error))
  })
  reader.readAsDataURL(file)
  const url = await read
  return url.slice(url.indexOf(',') + 1)
}
