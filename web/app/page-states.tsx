import { Box, Center, Loader, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ButtonLink } from './links.tsx'
import { Mark } from './mark.tsx'
import { TroubleNote } from './trouble.tsx'
import { t } from './words.ts'

export function Waiting() {
  return (
    <span role="status">
      <Loader size="sm" aria-hidden />
      <VisuallyHidden>{t('waiting')}</VisuallyHidden>
    </span>
  )
}

export function PageWaiting() {
  return (
    <Center mih={260}>
      <Waiting />
    </Center>
  )
}

export function PageTrouble({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <Box maw={620} mx="auto" p="xl">
      <TroubleNote
        error={error}
        retry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </Box>
  )
}

export function Lost() {
  return (
    <Center mih="100dvh" p="xl" component="main">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Mark size={44} />
        <Title order={1}>{t('lost.title')}</Title>
        <Text c="dimmed">{t('lost.text')}</Text>
        <ButtonLink to="/" mt="sm">
          {t('lost.home')}
        </ButtonLink>
      </Stack>
    </Center>
  )
}
