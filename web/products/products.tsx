import { ActionIcon, Badge, Button, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type Product } from '../../src/products/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { Defined } from '../app/defined.tsx'
import * as format from '../app/format.ts'
import { IconDownload, IconSearch, IconUpload, IconX } from '../app/icons.ts'
import { Card, Page } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { unitsInField, unitsTyped } from './amount.ts'
import { Editable } from './editable.tsx'
import { ProductFile } from './file.tsx'
import styles from './products.module.css'
import { categories, filterOf, NO_CATEGORY, productList, useProductChange } from './queries.ts'

const route = getRouteApi('/inside/products')

export function Products() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const may = useMay()
  const { company } = useSession()
  const [isBringing, bring] = useDisclosure(false)
  const [typed, setTyped] = useState(search.search ?? '')
  const list = useInfiniteQuery(productList(search))
  const known = useQuery(categories)
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  const change = (part: Partial<typeof search>) =>
    navigate({ to: '/products', search: old => ({ ...old, ...part }) as never, replace: true })
  const ask = useDebouncedCallback((value: string) => change({ search: value.trim() || undefined }), 250)
  // The address may change from elsewhere: a link, the way back.
  useEffect(() => setTyped(search.search ?? ''), [search.search])
  const soldAsOf = list.data?.pages[0]?.soldAsOf ?? null
  const isFiltered = Boolean(search.search || search.category || search.active)
  const named = (known.data?.items ?? []).flatMap(one => one.category ?? [])

  return (
    <Page
      title={t('products-ui:title')}
      text={t('products-ui:text')}
      actions={
        <Group gap="xs">
          {rows.length > 0 && (
            <Button
              component="a"
              href={`/api/products.csv?${filterOf(search)}`}
              download
              variant="default"
              leftSection={<IconDownload size={16} />}
            >
              {t('products-ui:export')}
            </Button>
          )}
          {may('products:write') && (
            <Button variant={rows.length > 0 ? 'default' : 'filled'} leftSection={<IconUpload size={16} />} onClick={bring.open}>
              {t('products-ui:file')}
            </Button>
          )}
        </Group>
      }
    >
      <Group gap="sm" mb="md" align="flex-end">
        <TextInput
          data-search
          className={styles.search}
          placeholder={t('products-ui:search')}
          aria-label={t('products-ui:search')}
          leftSection={<IconSearch size={16} />}
          rightSection={
            typed && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('products-ui:clearSearch')}
                onClick={() => [setTyped(''), ask('')]}
              >
                <IconX size={15} />
              </ActionIcon>
            )
          }
          value={typed}
          onChange={event => {
            setTyped(event.currentTarget.value)
            ask(event.currentTarget.value)
          }}
        />
        <Select
          aria-label={t('products-ui:category')}
          searchable={named.length > 8}
          value={search.category ?? 'all'}
          onChange={value => change({ category: value && value !== 'all' ? value : undefined })}
          data={[
            { value: 'all', label: t('products-ui:everyCategory') },
            ...named.filter(one => one !== 'all' && one !== NO_CATEGORY).map(one => ({ value: one, label: one })),
            { value: NO_CATEGORY, label: t('products-ui:noCategory') },
          ]}
          w={{ base: '100%', xs: 220 }}
        />
        <Select
          aria-label={t('products-ui:active')}
          value={search.active ?? 'all'}
          onChange={value => change({ active: value && value !== 'all' ? value : undefined })}
          data={[
            { value: 'all', label: t('products-ui:active.all') },
            { value: 'true', label: t('products-ui:active.yes') },
            { value: 'false', label: t('products-ui:active.no') },
          ]}
          w={{ base: '100%', xs: 190 }}
        />
        {isFiltered && (
          <Button variant="subtle" onClick={() => change({ search: undefined, category: undefined, active: undefined })}>
            {t('products-ui:clear')}
          </Button>
        )}
      </Group>
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.isPending && <Waiting />}
      {list.data && rows.length === 0 && (
        <Card>
          <Text fw={600}>{t(isFiltered ? 'products-ui:none.found' : 'products-ui:none.yet')}</Text>
          <Text c="dimmed" size="sm" mt={4}>
            {t(isFiltered ? 'products-ui:none.foundText' : 'products-ui:none.yetText')}
          </Text>
        </Card>
      )}
      {rows.length > 0 && (
        <Card p={0} style={{ overflow: 'hidden', opacity: list.isPlaceholderData ? 0.6 : 1 }}>
          <Rows rows={rows} categories={named} isCounted={soldAsOf !== null} />
          <Group justify="space-between" px="md" py="sm" style={{ borderTop: '1px solid var(--p-line)' }}>
            <Text size="xs" c="dimmed" className="numbers" aria-live="polite">
              {t(list.hasNextPage ? 'products-ui:shown' : 'products-ui:allShown', {
                count: rows.length,
                shown: format.number(rows.length),
              })}
              {' · '}
              {soldAsOf === null
                ? t('products-ui:soldCounting')
                : t('products-ui:soldAsOf', { at: format.instant(soldAsOf, company.timeZone, 'minute') })}
            </Text>
            {list.hasNextPage && (
              <Button size="xs" variant="subtle" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
                {t('more')}
              </Button>
            )}
          </Group>
        </Card>
      )}
      <ProductFile isOpen={isBringing} close={bring.close} />
    </Page>
  )
}

function Rows({ rows, categories, isCounted }: { rows: Product[]; categories: string[]; isCounted: boolean }) {
  const mayCost = useMay()('products:cost')
  return (
    <Table className={`numbers ${styles.table}`} fz="sm" verticalSpacing={8} horizontalSpacing="md" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('products-ui:product')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('products-ui:category')}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {t('products-ui:price')}
          </Table.Th>
          {mayCost && (
            <Table.Th ta="right">
              <Group justify="flex-end">
                <Defined term={t('products-ui:cost')} means={t('products-ui:cost.means')} />
              </Group>
            </Table.Th>
          )}
          <Table.Th ta="right">
            <Group justify="flex-end">
              <Defined term={t('products-ui:sold')} means={t('products-ui:sold.means')} />
            </Group>
          </Table.Th>
          <Table.Th visibleFrom="md">{t('products-ui:lastSold')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(row => (
          <Row key={row.sku} row={row} categories={categories} isCounted={isCounted} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Row({ row, categories, isCounted }: { row: Product; categories: string[]; isCounted: boolean }) {
  const may = useMay()
  const { company } = useSession()
  const change = useProductChange()
  const name = row.name ?? row.sku
  const currency = row.cost?.currency ?? company.currency
  return (
    <Table.Tr>
      <Table.Td>
        <div className={styles.product}>
          <Text fw={600} size="sm">
            {row.url ? (
              <a href={row.url} target="_blank" rel="noreferrer noopener" style={{ color: 'inherit' }}>
                {name}
              </a>
            ) : (
              name
            )}
            {!row.isActive && (
              <Badge ml={8} size="xs" color="gray" variant="light">
                {t('products-ui:active.no')}
              </Badge>
            )}
          </Text>
          <Text size="xs" c="dimmed">
            {[row.name === null ? null : row.sku, row.brand].filter(Boolean).join(' · ')}
          </Text>
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {[row.category, row.price && format.money(row.price)].filter(Boolean).join(' · ')}
          </Text>
        </div>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Editable
          label={t('products-ui:edit.category', { product: name })}
          shown={row.category}
          value={row.category ?? ''}
          choices={categories}
          trouble={text => (text.length > 500 ? t('products-ui:edit.tooLong') : null)}
          save={text => change.mutate({ sku: row.sku, category: text === '' ? null : text })}
          mayChange={may('products:write')}
        />
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {row.price ? format.money(row.price) : '–'}
      </Table.Td>
      {may('products:cost') && (
        <Table.Td ta="right">
          <Editable
            label={t('products-ui:edit.cost', { product: name })}
            shown={row.cost && format.money(row.cost)}
            value={row.cost ? unitsInField(row.cost) : ''}
            align="right"
            trouble={text => (unitsTyped(text, currency) === null ? t('products-ui:edit.noAmount', { currency }) : null)}
            save={text => {
              const amount = unitsTyped(text, currency)
              change.mutate({ sku: row.sku, cost: amount === null ? null : { amount, currency } })
            }}
            mayChange={may('products:write')}
          />
        </Table.Td>
      )}
      <Table.Td ta="right">{row.sold ? format.number(row.sold.pieces) : isCounted ? '–' : '…'}</Table.Td>
      <Table.Td visibleFrom="md">{row.sold ? format.instant(row.sold.lastAt, company.timeZone) : '–'}</Table.Td>
    </Table.Tr>
  )
}
