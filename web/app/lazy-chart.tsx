import { Skeleton } from '@mantine/core'
import { type ComponentProps, lazy, Suspense } from 'react'

const Engine = lazy(() => import('./chart.tsx'))

export type { Ink } from './chart.tsx'

export function Chart(props: ComponentProps<typeof Engine>) {
  return (
    <Suspense fallback={<Skeleton height={props.height} radius="md" />}>
      <Engine {...props} />
    </Suspense>
  )
}
