import { ActionIcon, Code, CopyButton, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { formatted } from './content.ts'
import styles from './tracking.module.css'

/** What an event said, as far as one may see it. */
export const Content = ({ raw }: { raw: string | null }) =>
  raw === null ? (
    <Text size="sm" c="dimmed">
      {t('tracking-ui:hidden')}
    </Text>
  ) : (
    <CopyCode code={formatted(raw)} name={t('tracking-ui:content')} />
  )

/** A program or data to read and to copy. */
export function CopyCode({ code, name }: { code: string; name: string }) {
  return (
    <div className={styles.code}>
      <Code block fz="xs" tabIndex={0} role="group" aria-label={name}>
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('copied') : t('copy')}>
            <ActionIcon
              variant="default"
              size={30}
              className={styles.copy}
              onClick={copy}
              aria-label={`${copied ? t('copied') : t('copy')}: ${name}`}
            >
              {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  )
}
