import { openDatabase } from '../../storage/open-database.ts'
import { rotateMasterKey } from '../secrets-rotate.ts'

// A rotation that is killed: at the given point, when it comes there for the given time.
const [where = '{}', key_file = '', point = '', times = '1'] = process.argv.slice(2)
let left = Number(times)
const db = await openDatabase(JSON.parse(where))
await rotateMasterKey({
  db,
  config: { key: null, key_file },
  now: Date.now,
  probe: (at) => {
    if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL')
  },
})
await db.close()
