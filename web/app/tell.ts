import { notifications } from '@mantine/notifications'
import { Trouble } from './ask.ts'
import { t } from './words.ts'

/** What went wrong as one sentence, never a stack. */
export const sentence = (error: unknown) => (error instanceof Trouble ? error.message : t('trouble.here'))

const closeButtonProps = { 'aria-label': t('close') }

export const tell = {
  done: (message: string) => notifications.show({ message, color: 'fern', withBorder: true, closeButtonProps }),
  trouble: (error: unknown) =>
    notifications.show({
      title: t('trouble.title'),
      message: sentence(error),
      color: 'clay',
      withBorder: true,
      autoClose: 10_000,
      closeButtonProps,
    }),
}
