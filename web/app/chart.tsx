import { useComputedColorScheme } from '@mantine/core'
import { useReducedMotion } from '@mantine/hooks'
import { BarChart, LineChart, SankeyChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([BarChart, LineChart, SankeyChart, GridComponent, TooltipComponent, MarkLineComponent, AriaComponent, SVGRenderer])

/** Reads theme variables as colours: ECharts paints, it does not cascade. */
export type Ink = (variable: string) => string

type Props = {
  /** Made anew when the scheme changes, so that colours come from the theme alone. */
  option: (ink: Ink) => EChartsCoreOption
  /** What the chart says, for those who do not see it. */
  label: string
  height: number
  onClick?: (position: { x: number; index: number }) => void
}

/** The one place where ECharts meets React. Imported lazily: nothing but charts needs it. */
export default function Chart({ option, label, height, onClick }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const clicked = useRef(onClick)
  clicked.current = onClick
  const scheme = useComputedColorScheme('light')
  const still = useReducedMotion()

  useEffect(() => {
    if (!box.current) return
    const made = init(box.current, null, { renderer: 'svg' })
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(box.current)
    made.getZr().on('click', event => {
      const [index] = made.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]) ?? []
      if (clicked.current && typeof index === 'number') clicked.current({ x: event.offsetX, index })
    })
    return () => {
      watch.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what `ink` reads
  useEffect(() => {
    if (!chart.current) return
    const style = getComputedStyle(document.documentElement)
    const { fontFamily } = getComputedStyle(document.body)
    const ink: Ink = variable => style.getPropertyValue(variable).trim()
    chart.current.setOption(
      {
        animation: !still,
        animationDuration: 350,
        textStyle: { fontFamily },
        aria: { enabled: true, label: { description: label } },
        ...option(ink),
      },
      { notMerge: true },
    )
  }, [option, scheme, still, label])

  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />
}
