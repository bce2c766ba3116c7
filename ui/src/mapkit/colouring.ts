// Which hue does each area get, so that neighbours differ? Greedy graph colouring, hardest areas first.

/** Which groups touch: two pieces that touch and belong to different groups make their groups neighbours. */
export function neighboursOfGroups<Group>(
  pieces: readonly (readonly number[])[],
  groupOf: (piece: number) => Group | null,
): Map<Group, Set<Group>> {
  const touching = new Map<Group, Set<Group>>()
  pieces.forEach((others, piece) => {
    const group = groupOf(piece)
    if (group === null) return
    const known = touching.get(group) ?? new Set<Group>()
    touching.set(group, known)
    for (const other of others) {
      const otherGroup = groupOf(other)
      if (otherGroup !== null && otherGroup !== group) known.add(otherGroup)
    }
  })
  return touching
}

/**
 * A hue (0 … hues − 1) per group. Groups with most neighbours choose first; each takes its preferred hue if no
 * neighbour has it, else the free hue used least so far. When all hues are taken by neighbours (more than `hues`
 * mutual neighbours), the hue fewest neighbours have is shared. Ties go by the groups' order in the map.
 */
export function colourGroups<Group>(
  touching: ReadonlyMap<Group, ReadonlySet<Group>>,
  hues: number,
  preferred?: (group: Group) => number | undefined,
): Map<Group, number> {
  const order = [...touching.keys()]
    .map((group, place) => ({ group, place, degree: touching.get(group)!.size }))
    .sort((a, b) => b.degree - a.degree || a.place - b.place)
  const hueOfGroup = new Map<Group, number>()
  const used = new Array<number>(hues).fill(0)
  for (const { group } of order) {
    const taken = new Array<number>(hues).fill(0)
    for (const neighbour of touching.get(group)!) {
      const hue = hueOfGroup.get(neighbour)
      if (hue !== undefined) taken[hue]!++
    }
    const wish = preferred?.(group)
    let best = wish !== undefined && wish >= 0 && wish < hues && taken[wish] === 0 ? wish : -1
    if (best < 0) {
      best = 0
      for (let hue = 1; hue < hues; hue++) {
        const isBetter = taken[hue]! - taken[best]! || used[hue]! - used[best]!
        if (isBetter < 0) best = hue
      }
    }
    used[best]!++
    hueOfGroup.set(group, best)
  }
  return hueOfGroup
}
