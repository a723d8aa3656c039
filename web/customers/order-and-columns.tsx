import { Button, Checkbox, Menu, Popover, ScrollArea, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Direction, type Sort } from '../../src/customers/filters/contract.ts'
import { useMay } from '../access/session.ts'
import { IconArrowDown, IconArrowUp, IconColumns } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { ALL_COLUMNS, SORTS, USUAL_COLUMNS } from './list-state.ts'
import { traitNames } from './queries.ts'

/** The order of the list, for those who have no head of a column to press. */
export function Order({
  sort,
  direction,
  change,
}: {
  sort: Sort | undefined
  direction: Direction | undefined
  change: (sort: Sort | undefined, direction: Direction | undefined) => void
}) {
  const may = useMay()
  const shown = sort ?? 'newest'
  const sorts = (Object.keys(SORTS) as Sort[]).filter(one => one !== 'name' || may('customers:contact'))
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          aria-label={`${t('customers-ui:sort')}: ${t(`customers-ui:sort.${shown}`)}`}
          leftSection={direction === 'reverse' ? <IconArrowUp size={16} /> : <IconArrowDown size={16} />}
        >
          {t(`customers-ui:sort.${shown}`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('customers-ui:sort')}</Menu.Label>
        {sorts.map(one => (
          <Menu.Item
            key={one}
            aria-current={one === shown || undefined}
            fw={one === shown ? 600 : undefined}
            onClick={() => change(one === 'newest' ? undefined : one, undefined)}
          >
            {t(`customers-ui:sort.${one}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => change(sort, direction === 'reverse' ? undefined : 'reverse')}>
          {t('customers-ui:sort.reverse')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** What the list shows of each: facts, ids and any trait. */
export function Columns({ shown, change }: { shown: readonly string[]; change: (columns: string[] | undefined) => void }) {
  const may = useMay()
  const [typed, setTyped] = useState('')
  const traits = useQuery(traitNames)
  const fixed = ALL_COLUMNS.filter(
    column =>
      (column !== 'revenue' || may('customers:money')) &&
      ((column !== 'email' && column !== 'phone') || may('customers:contact')),
  )
  const names = [...new Set([...shown.filter(isTrait).map(traitOf), ...(traits.data ?? []).map(one => one.name)])].filter(name =>
    name.toLowerCase().includes(typed.toLowerCase()),
  )
  const toggle = (column: string) => {
    const order = [...ALL_COLUMNS, ...shown.filter(isTrait)] as string[]
    const next = shown.includes(column) ? shown.filter(one => one !== column) : [...shown, column]
    change([...next].sort((a, b) => place(order, a) - place(order, b)))
  }
  return (
    <Popover width={280} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns size={16} />}>
          {t('customers-ui:columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          {fixed.map(column => (
            <Checkbox
              key={column}
              size="sm"
              label={t(`customers-ui:column.${column}`)}
              checked={shown.includes(column)}
              onChange={() => toggle(column)}
            />
          ))}
          {(traits.data?.length ?? 0) > 0 && (
            <>
              <Text size="xs" c="dimmed" mt={4}>
                {t('customers-ui:columns.traits')}
              </Text>
              <TextInput
                size="xs"
                placeholder={t('customers-ui:columns.find')}
                aria-label={t('customers-ui:columns.find')}
                value={typed}
                onChange={event => setTyped(event.currentTarget.value)}
              />
              <ScrollArea.Autosize mah={200} type="auto">
                <Stack gap={8}>
                  {names.map(name => (
                    <Checkbox
                      key={name}
                      size="sm"
                      label={name}
                      styles={{ label: { overflowWrap: 'anywhere' } }}
                      checked={shown.includes(`trait:${name}`)}
                      onChange={() => toggle(`trait:${name}`)}
                    />
                  ))}
                  {names.length === 0 && (
                    <Text size="xs" c="dimmed">
                      {t('customers-ui:columns.none')}
                    </Text>
                  )}
                </Stack>
              </ScrollArea.Autosize>
            </>
          )}
          <Button size="xs" variant="subtle" disabled={shown === USUAL_COLUMNS} onClick={() => change(undefined)}>
            {t('customers-ui:columns.usual')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

export const isTrait = (column: string) => column.startsWith('trait:')
export const traitOf = (column: string) => column.slice('trait:'.length)
const place = (order: readonly string[], column: string) => (order.includes(column) ? order.indexOf(column) : order.length)
