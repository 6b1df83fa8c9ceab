export const logs = {
  title: 'Log',
  text: 'What this server and its workers write as they write it, from the last 500 records on.',
  level: 'From level',
  search: 'With these words',
  pause: 'Pause',
  goOn: 'Go on',
  clear: 'Clear',
  waiting: (count: string) => `Paused; ${count} wait.`,
  connection: { connecting: 'connecting', live: 'live', away: 'not reached, trying again' },
  empty: 'Nothing was written yet',
  emptyText: 'Records of this level appear here as they come. The server writes none below the level it was set to.',
  lost: (count: string) => `${count} records came too fast to be shown.`,
}
