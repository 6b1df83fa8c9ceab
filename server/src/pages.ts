import type { FastifyReply } from 'fastify'
import { restPrefix } from './doors.ts'
import type { HttpOptions } from './http.ts'
import { openapi } from './openapi.ts'

/** What anybody may have. */
export function buildPages({ state, check, log, jwks }: HttpOptions): Record<string, (reply: FastifyReply) => unknown> {
  let ready: Promise<void> | null = null
  return {
    '/': (reply) =>
      reply
        .type('text/plain; charset=utf-8')
        .send(`Cadre runs AI agents. The API is under ${restPrefix}; ${restPrefix}/openapi.json describes it. Its pages are not built here.\n`),
    '/healthz': (reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
    '/readyz': async (reply) => {
      reply.header('cache-control', 'no-store')
      if (state() !== 'ready') return reply.code(503).send({ status: state() })
      // However many ask, one check runs at a time.
      ready ??= check().finally(() => (ready = null))
      try {
        await ready
      } catch (error) {
        log.warn({ err: error }, 'not ready')
        return reply.code(503).send({ status: 'unavailable' })
      }
      return reply.send({ status: 'ready' })
    },
    // For whoever takes our tokens; to be asked for again now and then, since keys change.
    '/.well-known/jwks.json': async (reply) => reply.header('cache-control', 'public, max-age=300').send(await jwks()),
    [`${restPrefix}/openapi.json`]: async (reply) => reply.send(await openapi()),
  }
}
