import { Alert, Badge, Button, Collapse, Group, Modal, Progress, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { type ReadyModelView } from '../../src/lifecycle/contract.ts'
import { useMay } from '../access/session.ts'
import { post } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { ButtonLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { tell } from '../app/tell.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './models.module.css'
import { models } from './queries.ts'
import { Rules } from './rules-card.tsx'
import { StageGlyph } from './stage-look.tsx'

/** Every lifecycle model with the question it answers: switched on, off, made the primary one. */
export function Models() {
  const found = useQuery(models)
  useTellWhenLive(found.data?.ready)
  if (found.isPending) return <PageWaiting />
  const ready = found.data?.ready ?? []
  const [used, unused] = [
    ready.filter(isUsed).sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary)),
    ready.filter(one => !isUsed(one)),
  ]
  return (
    <Page
      title={t('lifecycle-ui:models.title')}
      text={t('lifecycle-ui:models.text')}
      actions={
        <ButtonLink to="/lifecycle" variant="default">
          {t('lifecycle-ui:models.back')}
        </ButtonLink>
      }
    >
      {found.isError && <TroubleNote error={found.error} retry={found.refetch} />}
      <Stack gap="xl">
        {[
          { title: t('lifecycle-ui:models.live'), models: used },
          { title: t('lifecycle-ui:models.ready'), models: unused },
        ].map(
          group =>
            group.models.length > 0 && (
              <section key={group.title} aria-label={group.title}>
                <Title order={2} mb="sm">
                  {group.title}
                </Title>
                <ul className={styles.list}>
                  {group.models.map(model => (
                    <li key={model.id}>
                      <ModelCard model={model} />
                    </li>
                  ))}
                </ul>
              </section>
            ),
        )}
      </Stack>
    </Page>
  )
}

const isUsed = (model: ReadyModelView) => model.state !== 'off'

/** Says so when one has become live, and asks anew for what can be seen of it. */
function useTellWhenLive(ready: readonly ReadyModelView[] | undefined) {
  const queries = useQueryClient()
  const before = useRef<ReadonlyMap<string, ReadyModelView['state']>>(new Map())
  useEffect(() => {
    if (ready === undefined) return
    const live = ready.filter(one => {
      const was = before.current.get(one.id)
      return one.state === 'live' && (was === 'building' || was === 'preparing')
    })
    before.current = new Map(ready.map(one => [one.id, one.state]))
    for (const one of live) tell.done(t('lifecycle-ui:models.done', { model: one.name }))
    if (live.length > 0)
      void queries.invalidateQueries({ queryKey: ['lifecycle'], predicate: query => query.queryKey[1] !== 'models' })
  }, [ready, queries])
}

function ModelCard({ model }: { model: ReadyModelView }) {
  const may = useMay()('lifecycle:write')
  const [isOpen, open] = useState(false)
  const rules = `rules-${model.id}`
  return (
    <Card
      className={styles.card}
      title={model.name}
      actions={
        <Group gap={6}>
          {model.isPrimary && <Badge ff="text">{t('lifecycle-ui:models.state.primary')}</Badge>}
          {isUsed(model) && !model.isPrimary && (
            <Badge ff="text" variant="light" color={model.state === 'live' ? 'fern' : 'marigold'} c="var(--mantine-color-text)">
              {t(`lifecycle-ui:models.state.${model.state}`)}
            </Badge>
          )}
        </Group>
      }
    >
      <Text className={styles.question}>{model.question}</Text>
      <Text size="sm" c="dimmed" mt={6}>
        {model.purpose}
      </Text>
      <Text size="sm" mt={6}>
        {model.description}
      </Text>
      <ol className={styles.stages} aria-label={t('lifecycle-ui:models.stages', { count: model.stages.length })}>
        {model.stages.map(stage => (
          <li key={stage.id}>
            <StageGlyph stage={stage.super} size={18} />
            {stage.name}
          </li>
        ))}
      </ol>
      {model.trouble !== null && model.state === 'off' && (
        <Alert color="clay" mt="sm">
          {t('lifecycle-ui:models.trouble', { detail: model.trouble })}
        </Alert>
      )}
      <OnItsWay model={model} />
      <Group gap="xs" mt="md">
        {may && <Switch model={model} />}
        {model.state === 'live' && (
          <ButtonLink to="/lifecycle" search={model.isPrimary ? {} : { model: model.id }} variant="default" size="sm">
            {t('lifecycle-ui:models.map')}
          </ButtonLink>
        )}
        <Button variant="subtle" size="sm" aria-expanded={isOpen} aria-controls={rules} onClick={() => open(!isOpen)}>
          {t(isOpen ? 'lifecycle-ui:models.rules.hide' : 'lifecycle-ui:models.rules')}
        </Button>
      </Group>
      <Collapse id={rules} expanded={isOpen}>
        <div className={styles.rules}>
          <Rules stages={model.stages} parameters={model.parameters} />
        </div>
      </Collapse>
    </Card>
  )
}

/** How far it is, while it is made ready or cleared away. */
function OnItsWay({ model }: { model: ReadyModelView }) {
  const isClearing = model.state === 'off' && model.progress !== null
  if (isClearing)
    return (
      <Text size="sm" c="dimmed" mt="sm" role="status">
        {t('lifecycle-ui:models.clearing.text')}
      </Text>
    )
  if (model.state !== 'building' && model.state !== 'preparing') return null
  const share = model.progress ?? 0
  return (
    <div className={styles.progress} role="status">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{t(`lifecycle-ui:models.state.${model.state}`)}</Text>
        <Text size="sm" c="dimmed" className="numbers">
          {format.percent(share)}
        </Text>
      </Group>
      <Progress value={share * 100} mt={4} aria-label={t('lifecycle-ui:models.progress', { model: model.name })} />
      <Text size="xs" c="dimmed" mt={4}>
        {model.secondsLeft !== null && `${t('lifecycle-ui:models.left', { time: format.duration(model.secondsLeft) })} · `}
        {t('lifecycle-ui:models.building.text')}
      </Text>
    </div>
  )
}

function Switch({ model }: { model: ReadyModelView }) {
  const queries = useQueryClient()
  const [isAsked, ask] = useState(false)
  const turn = useMutation({
    mutationFn: (to: 'on' | 'off' | 'primary') => post<ReadyModelView>(`/lifecycle/models/${model.id}/${to}`),
    onSuccess: (_, to) => {
      ask(false)
      if (to === 'primary') tell.done(t('lifecycle-ui:models.isPrimary', { model: model.name }))
      if (to === 'off') tell.done(t('lifecycle-ui:models.isOff', { model: model.name }))
    },
    onSettled: (_, __, to) => queries.invalidateQueries({ queryKey: to === 'primary' ? ['lifecycle'] : models.queryKey }),
  })
  if (model.state === 'off')
    return (
      <Button loading={turn.isPending} disabled={model.progress !== null} onClick={() => turn.mutate('on')}>
        {t('lifecycle-ui:models.on')}
      </Button>
    )
  if (model.state !== 'live')
    return (
      <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate('off')}>
        {t('lifecycle-ui:models.cancel')}
      </Button>
    )
  if (model.isPrimary) return null
  return (
    <>
      <Button variant="light" loading={turn.isPending && turn.variables === 'primary'} onClick={() => turn.mutate('primary')}>
        {t('lifecycle-ui:models.primary')}
      </Button>
      <Button variant="default" onClick={() => ask(true)}>
        {t('lifecycle-ui:models.off')}
      </Button>
      <Modal
        opened={isAsked}
        onClose={() => ask(false)}
        title={t('lifecycle-ui:models.off.title', { model: model.name })}
        size="sm"
      >
        <Text size="sm">{t('lifecycle-ui:models.off.text')}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => ask(false)}>
            {t('lifecycle-ui:models.off.keep')}
          </Button>
          <Button color="red" loading={turn.isPending} onClick={() => turn.mutate('off')}>
            {t('lifecycle-ui:models.off')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
