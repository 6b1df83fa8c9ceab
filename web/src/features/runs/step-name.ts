import type { Step } from '@cadre/contract/runs'

/** `data-transform / csv_to_json`; tools that are no endpoint of a plugin have one name only. */
export function stepName({ tool, action }: Pick<Step, 'tool' | 'action'>): string {
  return action === '' || action === tool ? tool : `${tool} / ${action}`
}
