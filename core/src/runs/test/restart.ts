import { bundledHooks } from '@cadre/forgehooks'
import { pino } from 'pino'
import { openApp } from '../../app.ts'
import type { World } from '../../test/world.ts'

/** Another process on the data of a world, as far as it can be one: it shares only the database. */
export function openBeside(world: World) {
  return openApp(world.app.config, pino({ level: 'silent' }), { bundledHooks })
}

/** The process that works for a world stops where it stands, and another one takes up what it left. @returns what closes it. */
export async function workElsewhere(world: World): Promise<() => Promise<void>> {
  await world.worker?.stop()
  const other = await openBeside(world)
  await other.work()
  return other.close
}
