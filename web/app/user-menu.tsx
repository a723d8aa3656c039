import {
  Avatar,
  Button,
  Divider,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../access/session.ts'
import { remove } from './ask.ts'
import { IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSun } from './icons.ts'
import { ButtonLink } from './links.tsx'
import { t } from './words.ts'

export function UserMenu() {
  const { user } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [isOpen, open] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()

  async function signOut() {
    await remove('/session').catch(() => undefined)
    queries.clear()
    await navigate({ to: '/sign-in' })
  }

  return (
    <Popover width={264} position="bottom-end" shadow="md" opened={isOpen} onChange={open} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton ml={4} onClick={() => open(!isOpen)}>
          <Avatar aria-hidden name={user.name} color="fern" variant="filled" radius="xl" size={34} />
          <VisuallyHidden>{t('user.menu', { name: user.name })}</VisuallyHidden>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('user.menu', { name: user.name })}>
        <Stack gap="sm">
          <div>
            <Text size="sm" fw={600}>
              {user.name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {user.email}
            </Text>
            <Text size="xs" c="dimmed">
              {t(`role.${user.role}`)}
            </Text>
          </div>
          <Divider />
          <div>
            <Text size="xs" c="dimmed" mb={5} id="theme-label">
              {t('theme.title')}
            </Text>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-labelledby="theme-label"
              value={colorScheme}
              onChange={value => setColorScheme(value as 'light' | 'dark' | 'auto')}
              data={[
                { value: 'light', label: <Scheme icon={<IconSun size={14} />} name={t('theme.light')} /> },
                { value: 'dark', label: <Scheme icon={<IconMoon size={14} />} name={t('theme.dark')} /> },
                { value: 'auto', label: <Scheme icon={<IconDeviceDesktop size={14} />} name={t('theme.auto')} /> },
              ]}
            />
          </div>
          <Divider />
          <Stack gap={2}>
            <ButtonLink
              to="/account"
              variant="subtle"
              c="var(--mantine-color-text)"
              justify="flex-start"
              fw={500}
              leftSection={<IconKey size={16} />}
              onClick={() => open(false)}
            >
              {t('user.account')}
            </ButtonLink>
            <Button
              variant="subtle"
              c="var(--mantine-color-text)"
              justify="flex-start"
              fw={500}
              leftSection={<IconLogout size={16} />}
              onClick={signOut}
            >
              {t('user.signOut')}
            </Button>
          </Stack>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function Scheme({ icon, name }: { icon: React.ReactNode; name: string }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 5 }}>
      {icon}
      {name}
    </span>
  )
}
