import { Box, Container, Group, Paper, type PaperProps, Text, Title } from '@mantine/core'
import { type ReactNode } from 'react'

export function Page({
  title,
  text,
  actions,
  children,
  size = 1280,
}: {
  title: ReactNode
  text?: ReactNode
  actions?: ReactNode
  children: ReactNode
  size?: number
}) {
  return (
    <Container size={size} px={{ base: 'md', sm: 'xl' }} pt={{ base: 'lg', sm: 28 }} pb={72}>
      <Group justify="space-between" align="flex-end" gap="md" mb={{ base: 'md', sm: 'lg' }}>
        <Box maw={720}>
          <Title order={1}>{title}</Title>
          {text && (
            <Text c="dimmed" mt={4}>
              {text}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      {children}
    </Container>
  )
}

export function Card({
  title,
  text,
  actions,
  children,
  ...rest
}: PaperProps & { title?: ReactNode; text?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <Paper component="section" data-card p={{ base: 'md', sm: 'lg' }} {...rest}>
      {(title || actions) && (
        <Group justify="space-between" align="flex-start" wrap="wrap" gap="xs" mb="md">
          <div>
            {title && <Title order={2}>{title}</Title>}
            {text && (
              <Text size="sm" c="dimmed" mt={2}>
                {text}
              </Text>
            )}
          </div>
          {actions}
        </Group>
      )}
      {children}
    </Paper>
  )
}
