import { Download, MoreHorizontal, Square } from 'lucide-react'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { useMay } from '../access/access-queries.ts'
import { cancelMany } from './bulk.tsx'
import { filterOf } from './run-queries.ts'
import type { RunsSearch } from './runs-search.ts'

/** What can be done with all runs that fit the filters. */
export function RunsMenu({ search }: { search: RunsSearch }) {
  const texts = useTexts()
  const format = useFormat()
  const [isAsking, setAsking] = useState(false)
  const mayCancel = useMay('runs.cancelMany')
  return (
    <>
      <Menu
        trigger={
          <Button look="ghost" size="icon" aria-label={texts.common.more}>
            <MoreHorizontal aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={Download} onSelect={() => download(search, false)}>
          {texts.again.bulk.exportAs}
        </MenuItem>
        <MenuItem icon={Download} onSelect={() => download(search, true)}>
          {texts.again.bulk.exportTrace}
        </MenuItem>
        {mayCancel && (
          <>
            <MenuLine />
            <MenuItem icon={Square} danger onSelect={() => setAsking(true)}>
              {texts.again.bulk.cancelAll}
            </MenuItem>
          </>
        )}
      </Menu>
      {isAsking && (
        <ConfirmDialog
          title={texts.again.bulk.cancelAllTitle}
          text={texts.again.bulk.cancelAllText}
          action={texts.again.bulk.cancelAll}
          onConfirm={() => cancelMany({ filter: filterOf(search) }, texts, format)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

/** By the address of the API: a browser saves it as it comes, with the login that it has. */
function download(search: RunsSearch, trace: boolean) {
  const wanted = { ...filterOf(search), limit: trace ? '1000' : '10000', trace: String(trace) }
  const query = new URLSearchParams(Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  const link = document.createElement('a')
  link.href = `/api/v1/runs/export?${query}`
  link.download = ''
  link.click()
}
