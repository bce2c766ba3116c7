// From whom to whom, from where to where, in one cell of a table? An unchanged side is said once.
type Named = { readonly name: string } | null

export type NamedChangeProps = { readonly from: Named; readonly to: Named; readonly nobody: string }

export function NamedChange({ from, to, nobody }: NamedChangeProps) {
  const before = from?.name || nobody
  const after = to?.name || nobody
  if (before === after) return <span className="soft">{after}</span>
  return (
    <span title={`${before} → ${after}`}>
      <span className="soft">{before}</span> <span aria-hidden="true">→</span>
      <span className="visually-hidden"> to </span> <strong>{after}</strong>
    </span>
  )
}
