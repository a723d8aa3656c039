/**
 * Where the ribbons between the stages run. A ribbon is as wide as customers moved; it leaves and meets a tile at a port of its own:
 *
 *      ╭──────────────╮          back or across the row: an arc above
 *    [conversion]══▶[retention]  to the neighbour: straight through the gap
 *         ╰───────╮               to another row: down, or up again
 *              [at risk]
 */
export type Box = { id: string; row: number; column: number; left: number; top: number; width: number; height: number }
export type Flow = { from: string | null; to: string | null; count: number }
export type Ribbon = {
  key: string
  from: string | null
  to: string | null
  count: number
  width: number
  path: string
  label: { x: number; y: number }
  start: Point
  end: Point
  head: string
  /** Between neighbours there is room for a short number only. */
  isNarrow: boolean
}
type Point = { x: number; y: number }
type Side = 'left' | 'right' | 'top' | 'bottom'
type Plan = { flow: Flow; width: number; out: { box: Box; side: Side } | null; into: { box: Box; side: Side } | null }

const WIDEST = 26
const NARROWEST = 1.5
const BETWEEN = 5
/** How far above its tile a ribbon of new customers begins. */
const FROM_OUTSIDE = 34

export function ribbons(boxes: Box[], flows: Flow[]): Ribbon[] {
  const known = new Map(boxes.map(box => [box.id, box]))
  const most = Math.max(1, ...flows.map(flow => flow.count))
  const plans = flows.flatMap((flow): Plan[] => {
    const from = flow.from === null ? null : known.get(flow.from)
    const to = flow.to === null ? null : known.get(flow.to)
    if (from === undefined || to === undefined || flow.to === null || !to) return []
    return [{ flow, width: Math.max(NARROWEST, (flow.count / most) * WIDEST), ...sides(from, to) }]
  })
  const ports = assignPorts(plans)
  return plans.map((plan, index) => draw(plan, index, ports))
}

function sides(from: Box | null, to: Box): Pick<Plan, 'out' | 'into'> {
  if (!from) return { out: null, into: { box: to, side: 'top' } }
  if (from.row === to.row && to.column - from.column === 1)
    return { out: { box: from, side: 'right' }, into: { box: to, side: 'left' } }
  if (from.row === to.row)
    return from.row === 0
      ? { out: { box: from, side: 'top' }, into: { box: to, side: 'top' } }
      : { out: { box: from, side: 'bottom' }, into: { box: to, side: 'bottom' } }
  return from.row < to.row
    ? { out: { box: from, side: 'bottom' }, into: { box: to, side: 'top' } }
    : { out: { box: from, side: 'top' }, into: { box: to, side: 'bottom' } }
}

const center = (box: Box | undefined) => (box ? box.left + box.width / 2 : Number.NEGATIVE_INFINITY)

/** Ribbons at one side of a tile stand side by side, in the order of where they go, so that they do not cross at the tile. */
function assignPorts(plans: Plan[]): Map<string, Point> {
  const groups = new Map<string, { key: string; width: number; other: number; box: Box; side: Side }[]>()
  for (const [index, plan] of plans.entries()) {
    for (const end of ['out', 'into'] as const) {
      const place = plan[end]
      if (!place) continue
      const group = `${place.box.id}:${place.side}`
      const other = center(plan[end === 'out' ? 'into' : 'out']?.box)
      // At the same neighbour what leaves stands left of what comes.
      groups.set(group, [
        ...(groups.get(group) ?? []),
        { key: `${index}:${end}`, width: plan.width, other: other + (end === 'out' ? -1 : 1), ...place },
      ])
    }
  }
  const ports = new Map<string, Point>()
  for (const group of groups.values()) {
    group.sort((a, b) => a.other - b.other)
    const whole = group.reduce((sum, one) => sum + one.width, 0) + BETWEEN * (group.length - 1)
    let offset = -whole / 2
    for (const { key, width, box, side } of group) {
      ports.set(key, pointAt(box, side, offset + width / 2))
      offset += width + BETWEEN
    }
  }
  return ports
}

function pointAt({ left, top, width, height }: Box, side: Side, offset: number): Point {
  switch (side) {
    case 'left':
      return { x: left, y: top + height / 2 + offset }
    case 'right':
      return { x: left + width, y: top + height / 2 + offset }
    case 'top':
      return { x: left + width / 2 + offset, y: top }
    case 'bottom':
      return { x: left + width / 2 + offset, y: top + height }
  }
}

const round = (value: number) => Math.round(value * 10) / 10
const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`
const AWAY: Record<Side, Point> = { left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, top: { x: 0, y: -1 }, bottom: { x: 0, y: 1 } }

function draw({ flow, width, out, into }: Plan, index: number, ports: Map<string, Point>): Ribbon {
  const meets = into ?? out
  const end = ports.get(`${index}:into`) ?? { x: 0, y: 0 }
  const start = ports.get(`${index}:out`) ?? { x: end.x, y: end.y - FROM_OUTSIDE }
  const side = meets?.side ?? 'top'
  const arrow = Math.min(11, width * 0.5 + 5)
  const tip = end
  const neck = { x: end.x + AWAY[side].x * arrow, y: end.y + AWAY[side].y * arrow }
  const leaving = out ? AWAY[out.side] : { x: 0, y: 1 }
  const bend = bendOf(start, neck, out?.side, side)
  const first = { x: start.x + leaving.x * bend, y: start.y + leaving.y * bend }
  const second = { x: neck.x + AWAY[side].x * bend, y: neck.y + AWAY[side].y * bend }
  return {
    key: `${flow.from ?? ''}>${flow.to ?? ''}`,
    ...flow,
    width,
    path: `M${at(start)}C${at(first)} ${at(second)} ${at(neck)}`,
    label: onCurve(start, first, second, neck, labelAt(out?.side)),
    start,
    end,
    isNarrow: out?.side === 'right',
    head: arrowHead(tip, neck, Math.max(width * 0.5 + 3, 4.5)),
  }
}

/** Nearer to where a ribbon comes from: two that run side by side in opposite directions then do not write over each other. */
const labelAt = (out: Side | undefined) => (out === undefined ? 0.15 : out === 'right' ? 0.5 : 0.3)

function onCurve(a: Point, b: Point, c: Point, d: Point, t: number): Point {
  const along = (p: number, q: number, r: number, s: number) =>
    (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s
  return { x: along(a.x, b.x, c.x, d.x), y: along(a.y, b.y, c.y, d.y) }
}

/** How far a curve runs straight before it turns: arcs over a row rise with their length, but stay below the page above. */
function bendOf(start: Point, end: Point, out: Side | undefined, into: Side): number {
  const across = Math.abs(end.x - start.x)
  if (out === into) return Math.min(46, 16 + across * 0.08)
  return out === 'right' ? across / 2 : Math.max(10, Math.abs(end.y - start.y) * 0.55)
}

function arrowHead(tip: Point, neck: Point, half: number): string {
  const length = Math.hypot(tip.x - neck.x, tip.y - neck.y) || 1
  const across = { x: (-(tip.y - neck.y) / length) * half, y: ((tip.x - neck.x) / length) * half }
  return `M${at(tip)}L${at({ x: neck.x + across.x, y: neck.y + across.y })}L${at({ x: neck.x - across.x, y: neck.y - across.y })}Z`
}
