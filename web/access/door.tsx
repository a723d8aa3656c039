import { Box, Stack, Text, Title } from '@mantine/core'
import { type ReactNode } from 'react'
import { Mark } from '../app/mark.tsx'
import { t } from '../app/words.ts'
import { Growth } from '../lifecycle/growth.tsx'
import styles from './door.module.css'

/** The page in front of the program: the story on one side, the form on the other. */
export function Door({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <div className={styles.door}>
      <aside className={styles.story} aria-label={t('access-ui:door.label')}>
        <div className={styles.brand}>
          <Mark size={36} />
          <span>Perennial</span>
        </div>
        <div className={styles.middle}>
          <p className={styles.motto}>{t('access-ui:door.motto')}</p>
          <p className={styles.under}>{t('access-ui:door.under')}</p>
        </div>
        <div className={styles.border}>
          <Growth colored={false} />
        </div>
      </aside>
      <main className={styles.form}>
        <Box w="100%" maw={420}>
          <Box className={styles.small}>
            <Mark size={40} />
          </Box>
          <Title order={1}>{title}</Title>
          {text && (
            <Text c="dimmed" mt={6}>
              {text}
            </Text>
          )}
          <Stack mt="xl">{children}</Stack>
        </Box>
      </main>
    </div>
  )
}
