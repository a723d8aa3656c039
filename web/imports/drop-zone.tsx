import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { upload } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { IconFile } from '../app/icons.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import styles from './drop-zone.module.css'
import { oneImport } from './queries.ts'

/** Drop a file: it is sent, and its draft opens. What kind of file it is, the server finds out and says. */
export function DropZone({ isLarge = false }: { isLarge?: boolean }) {
  const [sent, tellSent] = useState(0)
  const open = useRef<() => void>(null)
  const stop = useRef<AbortController>(null)
  const navigate = useNavigate()
  const queries = useQueryClient()
  const send = useMutation({
    mutationFn: (file: File) => {
      stop.current = new AbortController()
      tellSent(0)
      return upload<ImportView>('/imports', file, tellSent, stop.current.signal)
    },
    meta: { saidByForm: true },
    onSuccess: async view => {
      queries.setQueryData(oneImport(view.id).queryKey, view)
      void queries.invalidateQueries({ queryKey: ['imports'] })
      await navigate({ to: '/imports/$importId', params: { importId: view.id } })
    },
  })
  const isStopped = send.error instanceof DOMException
  const file = send.variables

  return (
    <Dropzone
      className={styles.zone}
      data-large={isLarge || undefined}
      openRef={open}
      multiple={false}
      onDrop={([dropped]) => dropped && send.mutate(dropped)}
      disabled={send.isPending}
      activateOnClick={!send.isPending}
      activateOnKeyboard={false}
      inputProps={{ 'aria-label': t('import-ui:drop.label'), tabIndex: -1 }}
      tabIndex={-1}
      role="group"
    >
      <Stack align="center" gap={isLarge ? 'sm' : 6} className={styles.inside}>
        <span className={styles.icon}>
          <IconFile size={isLarge ? 34 : 26} stroke={1.4} />
        </span>
        <Text className="display" fw={600} size={isLarge ? 'xl' : 'lg'}>
          {send.isPending ? t('import-ui:drop.sending', { name: file?.name ?? '' }) : t('import-ui:drop.title')}
        </Text>
        {send.isPending ? (
          <>
            <Progress value={sent * 100} w="100%" maw={420} aria-label={t('import-ui:drop.progress')} />
            <Group gap="sm">
              <Text size="sm" c="dimmed" className="numbers">
                {sent < 1
                  ? t('import-ui:drop.sent', { share: format.percent(sent), size: format.bytes(file?.size ?? 0) })
                  : t('import-ui:drop.reading')}
              </Text>
              <Button size="compact-xs" variant="subtle" className={styles.button} onClick={() => stop.current?.abort()}>
                {t('cancel')}
              </Button>
            </Group>
          </>
        ) : (
          <>
            <Text size="sm" c="dimmed" maw={520}>
              {t('import-ui:drop.text')}
            </Text>
            <Button
              variant={isLarge ? 'filled' : 'light'}
              mt={4}
              className={styles.button}
              onClick={event => {
                event.stopPropagation()
                open.current?.()
              }}
            >
              {t('import-ui:drop.choose')}
            </Button>
          </>
        )}
        {send.isError && !isStopped && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {sentence(send.error)}
          </Text>
        )}
      </Stack>
    </Dropzone>
  )
}
