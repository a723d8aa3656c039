import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Collapse,
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode } from 'react'
import { PATH } from '../../src/events/shops/contract.ts'
import { useSession } from '../access/session.ts'
import { IconChevronDown, IconX } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { type Draft } from './draft.ts'
import { type Leaf } from './leaves.ts'

type Props = { draft: Draft; set: (draft: Draft) => void; places: readonly Leaf[] }

const ID_KINDS = ['external', 'email', 'phone', 'anonymous'] as const
const ORDER_NAMES = ['Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled']

export function MappingForm({ draft, set, places }: Props) {
  const { company } = useSession()
  const path = (label: string, key: PathKey, hint?: string, wantsList = false) => (
    <PathInput
      label={label}
      hint={hint}
      value={draft[key]}
      onChange={value => set({ ...draft, [key]: value })}
      places={places}
      wantsList={wantsList}
    />
  )
  const isList = draft.each !== '' || draft.id !== '' || draft.idHeader !== ''
  return (
    <Stack gap="md">
      <Part title={t('shops-ui:mapping.event')}>
        <EventName draft={draft} set={set} places={places} />
      </Part>
      <Part title={t('shops-ui:mapping.who')}>
        <Ids draft={draft} set={set} places={places} />
      </Part>
      {path(t('shops-ui:mapping.when'), 'at', t('shops-ui:mapping.whenHint'))}
      <Section title={t('shops-ui:mapping.order')} isOpenAtFirst={draft.orderId !== '' || draft.amount !== ''}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {path(t('shops-ui:mapping.orderId'), 'orderId')}
          {path(t('shops-ui:mapping.refundId'), 'refundId')}
          {path(t('shops-ui:mapping.amount'), 'amount')}
          <Select
            size="sm"
            label={t('shops-ui:mapping.unit')}
            allowDeselect={false}
            data={(['major', 'minor'] as const).map(value => ({ value, label: t(`shops-ui:mapping.${value}`) }))}
            value={draft.unit}
            onChange={value => set({ ...draft, unit: value as Draft['unit'] })}
          />
          <Select
            size="sm"
            label={t('shops-ui:mapping.currency')}
            allowDeselect={false}
            data={[
              { value: 'company', label: t('shops-ui:mapping.currencyCompany', { currency: company.currency }) },
              { value: 'fixed', label: t('shops-ui:mapping.currencyFixed') },
              { value: 'path', label: t('shops-ui:mapping.currencyPath') },
            ]}
            value={draft.currencyFrom}
            onChange={value => set({ ...draft, currencyFrom: value as Draft['currencyFrom'] })}
          />
          {draft.currencyFrom === 'fixed' && (
            <TextInput
              size="sm"
              label={t('shops-ui:mapping.code')}
              placeholder="EUR"
              maxLength={3}
              value={draft.code}
              onChange={({ currentTarget }) => set({ ...draft, code: currentTarget.value.toUpperCase() })}
            />
          )}
          {draft.currencyFrom === 'path' && path(t('shops-ui:mapping.currencyAt'), 'currencyPath')}
        </SimpleGrid>
      </Section>
      <Section title={t('shops-ui:mapping.lines')} isOpenAtFirst={draft.lines.path !== ''}>
        <Lines draft={draft} set={set} places={places} />
      </Section>
      <Section title={t('shops-ui:mapping.more')} isOpenAtFirst={draft.traits.length + draft.properties.length > 0}>
        <Stack gap="md">
          <NamedPaths
            title={t('shops-ui:mapping.traits')}
            rows={draft.traits}
            set={traits => set({ ...draft, traits })}
            places={places}
          />
          <NamedPaths
            title={t('shops-ui:mapping.properties')}
            rows={draft.properties}
            set={properties => set({ ...draft, properties })}
            places={places}
          />
        </Stack>
      </Section>
      <Section title={t('shops-ui:mapping.list')} isOpenAtFirst={isList}>
        <Stack gap="sm">
          {path(t('shops-ui:mapping.each'), 'each', t('shops-ui:mapping.eachHint'), true)}
          {path(t('shops-ui:mapping.id'), 'id', t('shops-ui:mapping.idHint'))}
          <TextInput
            size="sm"
            label={t('shops-ui:mapping.idHeader')}
            placeholder="X-Delivery-Id"
            value={draft.idHeader}
            onChange={({ currentTarget }) => set({ ...draft, idHeader: currentTarget.value })}
          />
        </Stack>
      </Section>
    </Stack>
  )
}

type PathKey = 'each' | 'id' | 'at' | 'orderId' | 'refundId' | 'amount' | 'currencyPath' | 'namePath'

/** Where a value stands: to type, or to choose from the sample, with what stands there. */
function PathInput({
  label,
  hint,
  value,
  onChange,
  places,
  wantsList = false,
  isBare = false,
}: {
  label: string
  hint?: string | undefined
  value: string
  onChange: (value: string) => void
  places: readonly Leaf[]
  wantsList?: boolean
  /** The label is only spoken. */
  isBare?: boolean
}) {
  const fitting = places.filter(({ isList }) => isList === wantsList)
  const shown = new Map(fitting.map(leaf => [leaf.path, leaf.value]))
  const isWrong = value.trim() !== '' && !PATH.test(value.trim())
  return (
    <Autocomplete
      size="sm"
      {...(isBare ? { 'aria-label': label, placeholder: label } : { label })}
      description={hint}
      value={value}
      onChange={onChange}
      data={[...shown.keys()]}
      limit={40}
      spellCheck={false}
      error={isWrong ? t('shops-ui:mapping.notAPath') : null}
      renderOption={({ option }) => (
        <div style={{ overflowWrap: 'anywhere' }}>
          <Text size="sm">{option.value}</Text>
          <Text size="xs" c="dimmed">
            {shown.get(option.value)}
          </Text>
        </div>
      )}
    />
  )
}

function EventName({ draft, set, places }: Props) {
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t('shops-ui:mapping.event')}
        data={[
          { value: 'fixed', label: t('shops-ui:mapping.fixed') },
          { value: 'path', label: t('shops-ui:mapping.path') },
        ]}
        value={draft.nameFrom}
        onChange={value => set({ ...draft, nameFrom: value as Draft['nameFrom'] })}
      />
      {draft.nameFrom === 'fixed' ? (
        <Autocomplete
          size="sm"
          label={t('shops-ui:mapping.name')}
          description={t('shops-ui:mapping.nameHint')}
          data={ORDER_NAMES}
          value={draft.name}
          onChange={name => set({ ...draft, name })}
        />
      ) : (
        <>
          <PathInput
            label={t('shops-ui:mapping.namePath')}
            value={draft.namePath}
            onChange={namePath => set({ ...draft, namePath })}
            places={places}
          />
          {draft.names.map((row, i) => (
            <Row key={String(i)} drop={() => set({ ...draft, names: draft.names.filter((_, at) => at !== i) })}>
              <TextInput
                size="sm"
                aria-label={t('shops-ui:mapping.told')}
                placeholder={t('shops-ui:mapping.told')}
                value={row.told}
                onChange={({ currentTarget }) =>
                  set({ ...draft, names: replaced(draft.names, i, { ...row, told: currentTarget.value }) })
                }
              />
              <Autocomplete
                size="sm"
                aria-label={t('shops-ui:mapping.becomes')}
                placeholder={t('shops-ui:mapping.becomes')}
                data={ORDER_NAMES}
                value={row.name}
                onChange={name => set({ ...draft, names: replaced(draft.names, i, { ...row, name }) })}
              />
            </Row>
          ))}
          <Group justify="space-between">
            <Button
              size="xs"
              variant="default"
              onClick={() => set({ ...draft, names: [...draft.names, { told: '', name: '' }] })}
            >
              {t('shops-ui:mapping.rename')}
            </Button>
            <Checkbox
              size="xs"
              label={t('shops-ui:mapping.leaveOut')}
              checked={draft.leavesOut}
              onChange={({ currentTarget }) => set({ ...draft, leavesOut: currentTarget.checked })}
            />
          </Group>
        </>
      )}
    </Stack>
  )
}

function Ids({ draft, set, places }: Props) {
  const change = (i: number, row: Draft['customer'][number]) => set({ ...draft, customer: replaced(draft.customer, i, row) })
  const isOwn = (kind: string) => !ID_KINDS.some(known => known === kind)
  return (
    <Stack gap="xs">
      {draft.customer.map((row, i) => (
        <Row
          key={String(i)}
          drop={draft.customer.length > 1 ? () => set({ ...draft, customer: draft.customer.filter((_, at) => at !== i) }) : null}
        >
          <Select
            size="sm"
            aria-label={t('shops-ui:mapping.idKind')}
            allowDeselect={false}
            data={[
              ...ID_KINDS.map(kind => ({ value: kind, label: t(`shops-ui:kindOf.${kind}`) })),
              { value: 'own', label: t('shops-ui:kindOf.own') },
            ]}
            value={isOwn(row.kind) ? 'own' : row.kind}
            onChange={kind => change(i, { ...row, kind: kind === 'own' || kind === null ? 'own_id' : kind })}
          />
          {isOwn(row.kind) && (
            <TextInput
              size="sm"
              aria-label={t('shops-ui:mapping.ownKind')}
              placeholder="loyalty_card"
              value={row.kind}
              onChange={({ currentTarget }) =>
                change(i, { ...row, kind: currentTarget.value.toLowerCase().replace(/[^a-z0-9_]/g, '') || 'own_id' })
              }
            />
          )}
          <PathInput
            isBare
            label={t('shops-ui:mapping.idPath')}
            value={row.path}
            onChange={path => change(i, { ...row, path })}
            places={places}
          />
        </Row>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          onClick={() => set({ ...draft, customer: [...draft.customer, { kind: 'external', path: '' }] })}
        >
          {t('shops-ui:mapping.addId')}
        </Button>
      </div>
    </Stack>
  )
}

function Lines({ draft, set, places }: Props) {
  const { lines } = draft
  const within = places
    .filter(({ path }) => lines.path !== '' && path.startsWith(`${lines.path}[0].`))
    .map(leaf => ({ ...leaf, path: leaf.path.slice(lines.path.length + 4) }))
  const fields = [
    ['sku', t('shops-ui:mapping.sku')],
    ['productId', t('shops-ui:mapping.productId')],
    ['name', t('shops-ui:mapping.lineName')],
    ['category', t('shops-ui:mapping.category')],
    ['quantity', t('shops-ui:mapping.quantity')],
    ['price', t('shops-ui:mapping.price')],
  ] as const
  return (
    <Stack gap="sm">
      <PathInput
        label={t('shops-ui:mapping.linesPath')}
        hint={t('shops-ui:mapping.linesHint')}
        value={lines.path}
        onChange={path => set({ ...draft, lines: { ...lines, path } })}
        places={places}
        wantsList
      />
      {lines.path !== '' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {fields.map(([key, label]) => (
            <PathInput
              key={key}
              label={label}
              value={lines[key]}
              onChange={value => set({ ...draft, lines: { ...lines, [key]: value } })}
              places={within}
            />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  )
}

type Named = { name: string; path: string }
function NamedPaths({
  title,
  rows,
  set,
  places,
}: {
  title: string
  rows: Named[]
  set: (rows: Named[]) => void
  places: readonly Leaf[]
}) {
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {title}
      </Text>
      <Stack gap="xs">
        {rows.map((row, i) => (
          <Row key={String(i)} drop={() => set(rows.filter((_, at) => at !== i))}>
            <PathInput
              isBare
              label={t('shops-ui:mapping.idPath')}
              value={row.path}
              onChange={path => set(replaced(rows, i, { path, name: row.name || lastStep(path) }))}
              places={places}
            />
            <TextInput
              size="sm"
              aria-label={t('shops-ui:mapping.as')}
              placeholder={t('shops-ui:mapping.as')}
              value={row.name}
              onChange={({ currentTarget }) => set(replaced(rows, i, { ...row, name: currentTarget.value }))}
            />
          </Row>
        ))}
        <div>
          <Button
            size="xs"
            variant="default"
            onClick={() => set([...rows, { name: '', path: '' }])}
            aria-label={`${t('shops-ui:mapping.add')}: ${title}`}
          >
            {t('shops-ui:mapping.add')}
          </Button>
        </div>
      </Stack>
    </div>
  )
}

// Only of a path that was chosen as a whole: while somebody types, its end is not there yet.
const lastStep = (path: string): string => (/[.[]/.test(path) ? (path.match(/[^.[\]"]+(?="?\]?$)/)?.[0] ?? '') : '')
const replaced = <T,>(rows: readonly T[], i: number, row: T): T[] => rows.map((one, at) => (at === i ? row : one))

function Row({ drop, children }: { drop: (() => void) | null; children: ReactNode }) {
  return (
    <Group wrap="nowrap" gap="xs" align="flex-start">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" style={{ flex: 1 }}>
        {children}
      </SimpleGrid>
      {drop && (
        <ActionIcon variant="subtle" color="gray" size={36} onClick={drop} aria-label={t('shops-ui:mapping.dropRow')}>
          <IconX size={16} />
        </ActionIcon>
      )}
    </Group>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <Text component="legend" size="sm" fw={600} mb={8} p={0}>
        {title}
      </Text>
      {children}
    </fieldset>
  )
}

function Section({ title, isOpenAtFirst, children }: { title: string; isOpenAtFirst: boolean; children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure(isOpenAtFirst)
  return (
    <div>
      <UnstyledButton onClick={toggle} aria-expanded={isOpen} fz="sm" fw={600}>
        <Group gap={6}>
          {title}
          <IconChevronDown size={15} style={{ transform: isOpen ? 'rotate(180deg)' : undefined }} />
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <div style={{ paddingTop: 10 }}>{children}</div>
      </Collapse>
    </div>
  )
}
