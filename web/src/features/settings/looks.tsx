import clsx from 'clsx'
import { useSyncExternalStore } from 'react'
import { type Locale, locales } from '../../i18n/locale.ts'
import { useLanguage, useTexts } from '../../i18n/texts.ts'
import { type Theme, themes } from '../../lib/theme.ts'
import { theme } from '../../lib/use-theme.ts'

/** Light or dark, and the language of the pages. Both hold at once and for the next visit. */
export function Looks() {
  const texts = useTexts()
  const { locale, choose } = useLanguage()
  const chosen = useSyncExternalStore(theme.subscribe, theme.get)
  return (
    <div className="flex flex-col gap-5">
      <Choice<Theme>
        label={texts.shell.theme}
        value={chosen}
        options={themes.map((value) => ({ value, label: texts.shell.themes[value] }))}
        onChange={theme.set}
      />
      <Choice<Locale>
        label={texts.shell.language}
        value={locale}
        options={locales.map((value) => ({ value, label: texts.shell.languages[value] }))}
        onChange={choose}
      />
    </div>
  )
}

function Choice<T extends string>(props: { label: string; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void }) {
  const { label, value, options, onChange } = props
  return (
    <fieldset>
      <legend className="mb-1.5 text-[13px] font-medium">{label}</legend>
      <div className="flex gap-1 rounded-lg bg-sunken p-1">
        {options.map((option) => (
          <label
            key={option.value}
            className={clsx(
              'grid min-h-8 flex-1 cursor-pointer place-items-center rounded-md px-2 text-center text-[13px] has-focus-visible:outline-2 has-focus-visible:outline-accent',
              option.value === value ? 'bg-surface font-medium shadow-sm' : 'text-muted hover:text-ink',
            )}
          >
            <input type="radio" className="sr-only" name={label} checked={option.value === value} onChange={() => onChange(option.value)} />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
