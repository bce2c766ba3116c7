// Who sits in this territory, from when to when, and who takes over? A seat is a change of the draft; a handover is a realignment.
import { ActionIcon, Button, NativeSelect, Select, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { problemOf } from '@/api/problem'
import { useMay, useSession } from '@/api/session'
import { EmptyState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { showToast } from '@/kit/Toasts'
import { formatDate } from '@/pure/format'
import { t } from '@/pure/words'
import { addSeat, removeSeat } from './edits'
import type { ChosenPlan } from './plans'
import { ProposeDialog } from './ProposeDialog'
import { useReps } from './reading'
import classes from './Territories.module.css'
import type { Seat, TerritoryDetail } from './types'
import { useEdits } from './useEdits'

type TabProps = { readonly territory: TerritoryDetail; readonly chosen: ChosenPlan }

export function PeopleTab({ territory, chosen }: TabProps) {
  const mayPropose = useMay('propose')
  const isHandable = mayPropose && chosen.param === 'active' && territory.is_assignable
  return (
    <div className={classes.columns}>
      <div className={classes.main}>
        <Section title={t('Seats')}>
          <SeatTable territory={territory} chosen={chosen} />
        </Section>
        {chosen.isEditable && <AddSeat territory={territory} chosen={chosen} />}
      </div>
      <div className={classes.aside}>{isHandable && <Handover territory={territory} />}</div>
    </div>
  )
}

function stateOf(seat: Seat, today: string): { readonly tone: 'ok' | 'plain' | 'accent'; readonly label: string } {
  if (seat.from_on && seat.from_on > today) return { tone: 'accent', label: t('from {date}', { date: formatDate(seat.from_on) }) }
  if (seat.until_on && seat.until_on < today) return { tone: 'plain', label: t('ended {date}', { date: formatDate(seat.until_on) }) }
  return { tone: 'ok', label: seat.until_on ? t('until {date}', { date: formatDate(seat.until_on) }) : t('now') }
}

function SeatTable({ territory, chosen }: TabProps) {
  const { today } = useSession()
  const edits = useEdits(chosen.isEditable ? chosen.plan?.id : undefined)
  const [error, setError] = useState<unknown>(null)
  const problem = error ? problemOf(error) : null
  const remove = async (seat: Seat) => {
    const edit = removeSeat(chosen.plan!.id, seat)
    try {
      setError(null)
      await edits.edit(edit)
      showToast({ title: edit.label, action: { label: t('Undo'), run: edits.undo } })
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <>
      {territory.is_vacant && (
        <p className={classes.quiet}>
          {territory.primary
            ? t('The primary seat is vacant. {name} stands in until somebody is seated.', { name: territory.primary.name })
            : t('The primary seat is vacant and nobody stands in.')}
        </p>
      )}
      {territory.seats.length === 0 ? (
        !territory.is_vacant && <EmptyState title={t('Nobody is seated')} next={t('Seat a rep in a draft, or hand the territory over.')} />
      ) : (
        <div className={classes.scrollX}>
          <table className={classes.plainTable}>
            <thead>
              <tr>
                <th scope="col">{t('Rep')}</th>
                <th scope="col">{t('Seat')}</th>
                <th scope="col">{t('When')}</th>
                {chosen.isEditable && <th scope="col"><span className="visually-hidden">{t('Change')}</span></th>}
              </tr>
            </thead>
            <tbody>
              {territory.seats.map((seat) => {
                const state = stateOf(seat, today)
                return (
                  <tr key={seat.id}>
                    <th scope="row">{seat.rep.name}</th>
                    <td>{t(seat.kind)}</td>
                    <td><StatusBadge tone={state.tone}>{state.label}</StatusBadge></td>
                    {chosen.isEditable && (
                      <td className={classes.end}>
                        <ActionIcon
                          aria-label={t('Take {name} out of the {kind} seat', { name: seat.rep.name, kind: t(seat.kind) })}
                          disabled={edits.isBusy}
                          onClick={() => void remove(seat)}
                        >
                          <IconTrash size={16} aria-hidden="true" />
                        </ActionIcon>
                      </td>
                    )}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
      {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
    </>
  )
}

type RepSelectProps = { readonly label: string; readonly value: string | null; readonly onValue: (id: string | null) => void }

function RepSelect({ label, value, onValue }: RepSelectProps) {
  const reps = useReps()
  const data = useMemo(
    () => reps.data?.map((rep) => ({ value: String(rep.id), label: rep.title ? `${rep.name}, ${rep.title}` : rep.name })) ?? [],
    [reps.data],
  )
  return (
    <Select
      label={label}
      data={data}
      value={value}
      onChange={onValue}
      searchable
      limit={60}
      placeholder={t('Type a name')}
      nothingFoundMessage={reps.isLoading ? t('Loading…') : t('No such rep')}
    />
  )
}

function AddSeat({ territory, chosen }: TabProps) {
  const [rep, setRep] = useState<string | null>(null)
  const [kind, setKind] = useState<Seat['kind']>('primary')
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [error, setError] = useState<unknown>(null)
  const reps = useReps()
  const edits = useEdits(chosen.plan?.id)
  const problem = error ? problemOf(error) : null
  const save = async () => {
    const name = reps.data?.find((one) => String(one.id) === rep)?.name ?? ''
    const form = { territory: territory.code, rep_id: Number(rep), kind, from_on: from || null, until_on: until || null }
    const edit = addSeat(chosen.plan!.id, form, name)
    try {
      setError(null)
      await edits.edit(edit)
      setRep(null)
      showToast({ title: edit.label, action: { label: t('Undo'), run: edits.undo } })
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <Section title={t('Seat somebody')}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <div className={classes.pair}>
          <RepSelect label={t('Rep')} value={rep} onValue={setRep} />
          <NativeSelect
            label={t('Seat')}
            value={kind}
            data={[
              { value: 'primary', label: t('primary') },
              { value: 'overlay', label: t('overlay') },
              { value: 'backup', label: t('backup') },
            ]}
            onChange={(event) => setKind(event.currentTarget.value as Seat['kind'])}
          />
          <TextInput type="date" label={t('From (optional)')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput type="date" label={t('Until, that day included (optional)')} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
        </div>
        {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
        <div className={classes.dialogButtons}>
          <Button type="submit" disabled={!rep} loading={edits.isBusy}>{t('Seat in the draft')}</Button>
        </div>
      </form>
    </Section>
  )
}

function Handover({ territory }: { readonly territory: TerritoryDetail }) {
  const [rep, setRep] = useState<string | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const name = useReps().data?.find((one) => String(one.id) === rep)?.name ?? ''
  return (
    <Section title={t('Hand over')}>
      <p className="soft">{t('Proposes that another rep takes the primary seat with all its accounts, as one realignment.')}</p>
      <RepSelect label={t('To')} value={rep} onValue={setRep} />
      <Button disabled={!rep || territory.primary?.rep_id === Number(rep)} onClick={() => setIsOpen(true)}>
        {rep
          ? t('Hand {n, plural, one {# account} other {# accounts}} over to {name}…', { n: territory.totals.own_accounts, name })
          : t('Choose a rep')}
      </Button>
      {isOpen && rep && (
        <ProposeDialog
          title={t('Hand {territory} over to {name}', { territory: territory.name, name })}
          intent={{ kind: 'handover', territory: territory.code, rep_id: Number(rep) }}
          suggestedTitle={t('{territory} to {name}', { territory: territory.name, name })}
          onClose={() => setIsOpen(false)}
        />
      )}
    </Section>
  )
}
