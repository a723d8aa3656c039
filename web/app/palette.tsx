import { Highlight, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useMay } from '../access/session.ts'
import { customersFound } from '../customers/queries.ts'
import { IconSearch, IconUsers } from './icons.ts'
import styles from './palette.module.css'
import { usePages } from './use-pages.ts'
import { t } from './words.ts'

const [store, palette] = createSpotlight()
export const openPalette = () => palette.open()

/** Customers come after a moment, when nothing may be selected any more: Enter then takes the first. */
function useFirstSelected(count: number, typed: string) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is listed changes with these two
  useEffect(() => {
    const actions = [...document.querySelectorAll('[data-action]')]
    if (typed === '' || actions.some(action => action.hasAttribute('data-selected'))) return
    actions[0]?.setAttribute('data-selected', 'true')
    store.updateState(state => ({ ...state, selected: 0 }))
  }, [count, typed])
}

/** ⌘K: pages by name, customers by name, address or id. */
export function Palette() {
  const [typed, setTyped] = useState('')
  const [asked] = useDebouncedValue(typed.trim(), 180)
  const may = useMay()
  const navigate = useNavigate()
  const pages = usePages().filter(page => t(page.name).toLowerCase().includes(typed.trim().toLowerCase()))
  const found = useQuery({ ...customersFound(asked), enabled: asked.length > 1 && may('customers:read') })
  const customers = asked.length > 1 ? (found.data?.items ?? []) : []
  useFirstSelected(pages.length + customers.length, typed)

  return (
    <Spotlight.Root
      store={store}
      shortcut={['mod + K']}
      query={typed}
      onQueryChange={setTyped}
      scrollable
      attributes={{ content: { 'aria-label': t('search.open') } }}
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder={t('search.placeholder')}
        aria-label={t('search.placeholder')}
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {pages.length > 0 && (
          <Spotlight.ActionsGroup label={t('search.pages')}>
            {pages.map(page => (
              <Spotlight.Action
                className={styles.action}
                key={page.to}
                onClick={() => navigate({ to: page.to })}
                leftSection={<page.icon size={18} stroke={1.6} />}
                label={t(page.name)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {customers.length > 0 && (
          <Spotlight.ActionsGroup label={t('search.customers')}>
            {customers.map(customer => (
              <Spotlight.Action
                className={styles.action}
                key={customer.id}
                onClick={() => navigate({ to: '/customers/$customerId', params: { customerId: customer.id } })}
                leftSection={<IconUsers size={18} stroke={1.6} />}
              >
                <div>
                  <Highlight size="sm" highlight={asked}>
                    {customer.label}
                  </Highlight>
                  {customer.email && customer.email !== customer.label && (
                    <Text size="xs" c="dimmed">
                      {customer.email}
                    </Text>
                  )}
                </div>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {pages.length + customers.length === 0 && (
          <Spotlight.Empty>{found.isFetching ? t('waiting') : t('search.nothing')}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
