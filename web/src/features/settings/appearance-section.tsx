import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { Card } from '../../ui/parts.tsx'
import { Looks } from './looks.tsx'
import { Section } from './section.tsx'

export function AppearanceSection() {
  const texts = useSettingsTexts()
  return (
    <Section title={texts.sections.appearance} text={texts.appearanceText}>
      <Card className="max-w-md p-4">
        <Looks />
      </Card>
    </Section>
  )
}
