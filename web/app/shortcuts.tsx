import { Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { openPalette } from './palette.tsx'
import { usePages } from './use-pages.ts'
import { t } from './words.ts'

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** How long G waits for its letter. */
const LETTER_WITHIN_MS = 1200

/** `/` searches, `?` shows the sheet, G and a letter go to a page. Never while somebody types. */
export function useShortcuts(showSheet: () => void) {
  const navigate = useNavigate()
  const pages = usePages()
  const gone = useRef(0)

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === '/') {
        event.preventDefault()
        const field = document.querySelector<HTMLInputElement>('input[data-search]')
        field ? field.focus() : openPalette()
      } else if (event.key === '?') {
        showSheet()
      } else if (event.key === 'g') {
        gone.current = event.timeStamp
      } else if (event.timeStamp - gone.current < LETTER_WITHIN_MS) {
        gone.current = 0
        const page = pages.find(one => one.key === event.key)
        if (page) void navigate({ to: page.to })
      }
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [navigate, pages, showSheet])
}

export function ShortcutsSheet({ opened, close }: { opened: boolean; close: () => void }) {
  const pages = usePages()
  const rows: [string[], string][] = [
    [['Ctrl', 'K'], t('shortcuts.palette')],
    [['/'], t('shortcuts.search')],
    [['?'], t('shortcuts.sheet')],
    [['J', 'K'], t('customers-ui:keys.move')],
    [['X'], t('customers-ui:keys.pick')],
    [['Esc'], t('shortcuts.close')],
    ...pages.map((page): [string[], string] => [['G', page.key.toUpperCase()], t(page.name)]),
  ]
  return (
    <Modal opened={opened} onClose={close} title={t('shortcuts.title')} size="sm">
      <Stack gap={6}>
        {rows.map(([keys, what]) => (
          <Group key={what} justify="space-between">
            <Text size="sm">{what}</Text>
            <Group gap={4}>
              {keys.map(key => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  )
}
