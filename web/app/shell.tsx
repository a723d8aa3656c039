import { ActionIcon, AppShell, Box, Burger, Group, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { useSession } from '../access/session.ts'
import { IconKeyboard, IconSearch } from './icons.ts'
import { Jobs } from './jobs.tsx'
import { Mark } from './mark.tsx'
import { DATA, PAGES } from './navigation.ts'
import { PageWaiting } from './page-states.tsx'
import { openPalette, Palette } from './palette.tsx'
import { PeriodControl } from './period-control.tsx'
import styles from './shell.module.css'
import { ShortcutsSheet, useShortcuts } from './shortcuts.tsx'
import { usePages } from './use-pages.ts'
import { UserMenu } from './user-menu.tsx'
import { t } from './words.ts'

export function Shell() {
  const [isNavOpen, nav] = useDisclosure(false)
  const [isSheetOpen, sheet] = useDisclosure(false)
  const path = useRouterState({ select: state => state.location.pathname })
  useShortcuts(sheet.open)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer on a phone
  useEffect(nav.close, [path])
  usePageTitle(path)

  return (
    <>
      <a className="skip" href="#page">
        {t('skip')}
      </a>
      <AppShell
        layout="alt"
        header={{ height: 60 }}
        navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: !isNavOpen } }}
        padding={0}
      >
        <AppShell.Header className={styles.header}>
          <Group h="100%" px={{ base: 'sm', sm: 'lg' }} gap="sm" wrap="nowrap" justify="space-between">
            <Group gap="sm" wrap="nowrap" className={styles.headerStart}>
              <Burger opened={isNavOpen} onClick={nav.toggle} hiddenFrom="sm" size="sm" aria-label={t('nav.open')} />
              <UnstyledButton className={styles.search} onClick={openPalette}>
                <IconSearch size={16} />
                <Text span size="sm" className={styles.searchText}>
                  {t('search.open')}
                </Text>
                <Text span visibleFrom="md" className={styles.keys} aria-hidden>
                  {/Mac|iP/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}
                </Text>
              </UnstyledButton>
            </Group>
            <Group gap={6} wrap="nowrap">
              <PeriodControl />
              <Jobs />
              <Tooltip label={t('shortcuts.title')}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  visibleFrom="md"
                  onClick={sheet.open}
                  aria-label={t('shortcuts.title')}
                >
                  <IconKeyboard size={19} stroke={1.6} />
                </ActionIcon>
              </Tooltip>
              <UserMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className={styles.navbar} aria-label={t('nav.label')}>
          <Navigation path={path} close={nav.close} />
        </AppShell.Navbar>
        <AppShell.Main className={styles.main} id="page" tabIndex={-1}>
          <Suspense fallback={<PageWaiting />}>
            <Outlet />
          </Suspense>
        </AppShell.Main>
      </AppShell>
      <Palette />
      <ShortcutsSheet opened={isSheetOpen} close={sheet.close} />
    </>
  )
}

function Navigation({ path, close }: { path: string; close: () => void }) {
  const { company } = useSession()
  const pages = usePages()
  const groups = [...new Set(pages.map(page => page.group))].filter(group => group !== DATA)
  return (
    <Box className={styles.rail}>
      <Group justify="space-between" wrap="nowrap" mb="md">
        <Link to="/" className={styles.brand} aria-label={t('nav.brand')}>
          <Mark size={30} />
          <span>Perennial</span>
        </Link>
        <Burger opened onClick={close} hiddenFrom="sm" size="sm" aria-label={t('nav.close')} />
      </Group>
      <Box className={styles.company} title={company.name}>
        {company.name}
      </Box>
      {groups.map(group => (
        <Box key={group ?? 'top'} component="section" {...(group ? { 'aria-label': t(group) } : {})} mb="sm">
          {group && <div className={styles.group}>{t(group)}</div>}
          {pages
            .filter(page => page.group === group)
            .map(page => (
              <Link
                key={page.to}
                to={page.to}
                className={styles.link}
                data-active={isIn(path, page.to) || undefined}
                aria-current={isAt(path, page.to) ? 'page' : undefined}
              >
                <page.icon size={18} stroke={1.6} />
                {t(page.name)}
              </Link>
            ))}
        </Box>
      ))}
    </Box>
  )
}

/** At the page, or at another of its area. */
const isIn = (path: string, to: string) =>
  isAt(path, to) || (to === DATA && PAGES.some(page => page.group === DATA && isAt(path, page.to)))
const isAt = (path: string, to: string) => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`))

function usePageTitle(path: string) {
  useEffect(() => {
    const page = PAGES.findLast(one => isAt(path, one.to))
    document.title = page ? `${t(page.name)} · Perennial` : 'Perennial'
  }, [path])
}
