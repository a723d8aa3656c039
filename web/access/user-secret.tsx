import { Code, Loader, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type KeyView } from '../../src/access/contract.ts'
import { type UserSecret as Answer } from '../../src/events/tracking/contract.ts'
import { get } from '../app/ask.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { CopyOnce } from './copy-once.tsx'

const EXAMPLE = `const userHash = createHmac('sha256', USER_SECRET).update(userId).digest('hex')`

/** What a website's server makes hashes with that show who is signed in. Looking at it is noted. */
export function UserSecret({ keyView, close }: { keyView: KeyView | null; close: () => void }) {
  const secret = useQuery({
    queryKey: ['access', 'user-secret', keyView?.id],
    queryFn: ({ signal }) => get<Answer>(`/tracking/keys/${keyView?.id}/user-secret`, {}, signal),
    enabled: keyView !== null,
    gcTime: 0,
  })
  return (
    <Modal opened={keyView !== null} onClose={close} title={t('tracking-ui:userSecret.title')} centered size="lg">
      <Stack>
        <Text size="sm">{t('tracking-ui:userSecret.text')}</Text>
        <Code block>{EXAMPLE}</Code>
        {secret.isError && <TroubleNote error={secret.error} retry={secret.refetch} />}
        {secret.data ? <CopyOnce value={secret.data.secret} note={t('tracking-ui:userSecret.note')} /> : <Loader size="sm" />}
      </Stack>
    </Modal>
  )
}
