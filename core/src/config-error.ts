/** Settings are wrong in a way that only a person can mend. The message is one sentence that names the key and where it was set. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}
