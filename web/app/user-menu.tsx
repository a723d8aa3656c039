import { Avatar, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useSession } from '../access/session.ts'
import { remove } from './ask.ts'
import { IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconSun } from './icons.ts'
import { t } from './words.ts'

export function UserMenu() {
  const { user } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const queries = useQueryClient()
  const navigate = useNavigate()

  async function signOut() {
    await remove('/session').catch(() => undefined)
    queries.clear()
    await navigate({ to: '/sign-in' })
  }

  return (
    <Menu width={250} position="bottom-end" shadow="md" closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton ml={4}>
          <Avatar aria-hidden name={user.name} color="fern" variant="filled" radius="xl" size={34} />
          <VisuallyHidden>{t('user.menu', { name: user.name })}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {user.name}
          </Text>
          <Text size="xs" truncate>
            {user.email}
          </Text>
          <Text size="xs">{t(`role.${user.role}`)}</Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label id="theme-label">{t('theme.title')}</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mx={8}
          mb={8}
          aria-labelledby="theme-label"
          value={colorScheme}
          onChange={value => setColorScheme(value as 'light' | 'dark' | 'auto')}
          data={[
            { value: 'light', label: <Scheme icon={<IconSun size={14} />} name={t('theme.light')} /> },
            { value: 'dark', label: <Scheme icon={<IconMoon size={14} />} name={t('theme.dark')} /> },
            { value: 'auto', label: <Scheme icon={<IconDeviceDesktop size={14} />} name={t('theme.auto')} /> },
          ]}
        />
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<IconKey size={16} />} closeMenuOnClick>
          {t('user.account')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          {t('user.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
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
