import { Container } from '@mantine/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { t } from '../app/words.ts'
import styles from './data.module.css'

const TABS = [
  { to: '/settings/data', name: 'data-ui:tab.sources' },
  { to: '/imports', name: 'data-ui:tab.files' },
  { to: '/settings/live', name: 'data-ui:tab.live' },
  { to: '/settings/data/events', name: 'data-ui:tab.events' },
  { to: '/settings/data/rules', name: 'data-ui:tab.rules' },
  { to: '/settings/data/aside', name: 'data-ui:tab.aside' },
] as const

/** The pages of the area, above each of them. */
export function DataTabs({ size = 1280 }: { size?: number }) {
  const path = useRouterState({ select: state => state.location.pathname })
  // A source's page belongs to the sources; every other address to the tab that it begins with.
  const here = TABS.findLast(({ to }) => path === to || path.startsWith(`${to}/`))
  const bar = useRef<HTMLElement>(null)
  // On a phone the tabs are wider than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another tab
  useEffect(() => {
    const tab = bar.current?.querySelector<HTMLElement>('[data-here]')
    if (tab && bar.current) bar.current.scrollLeft = tab.offsetLeft - bar.current.offsetLeft - 24
  }, [here])
  return (
    <Container size={size} px={{ base: 'md', sm: 'xl' }} pt={{ base: 'sm', sm: 'md' }} mb={{ base: -4, sm: -8 }}>
      <nav ref={bar} aria-label={t('data-ui:tabs')} className={styles.tabs}>
        {TABS.map(tab => (
          <Link
            key={tab.to}
            to={tab.to}
            className={styles.tab}
            activeOptions={{ exact: true }}
            data-here={tab === here || undefined}
          >
            {t(tab.name)}
          </Link>
        ))}
      </nav>
    </Container>
  )
}
