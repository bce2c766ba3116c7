// Whom would this import move, by which policy, and where would its new accounts begin? Read before anything is imported.
import { Button, Tabs } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '@/api/client'
import { useSession } from '@/api/session'
import { CsvExport } from '@/kit/Buttons'
import { Figure, Figures } from '@/kit/Figure'
import { ErrorState, Waiting } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { formatCount, formatMoment, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { OwnerFlows } from '../territories/rules/OwnerFlows'
import { EffectFlows, EffectLandings, EffectMoves } from './EffectTables'
import type { ImportEffect } from './effect'
import classes from './Imports.module.css'
import { useImportEffect } from './useImportEffect'

type EffectPanelProps = { readonly id: number; readonly onJob: (jobId: number) => void }

export function EffectPanel({ id, onJob }: EffectPanelProps) {
  const query = useImportEffect(id)
  const effect = query.data
  return (
    <Section title={t('What it moves')} aside={effect && effect.moved > 0 && <CsvExport href={`/api/v1/imports/${id}/effect/moves.csv`} />}>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !effect ? (
        <Waiting />
      ) : effect.state === 'foretold' ? (
        <Foretold id={id} effect={effect} onJob={onJob} />
      ) : (
        <p>{effect.sentence}</p>
      )}
      {effect?.state === 'not_checked' && <AskAgain id={id} label={t('Work it out')} onJob={onJob} />}
      {effect?.state === 'no_live_plan' && !effect.is_current && <AskAgain id={id} label={t('Work it out again')} onJob={onJob} />}
    </Section>
  )
}

function Foretold({ id, effect, onJob }: EffectPanelProps & { readonly effect: ImportEffect }) {
  const { organisation } = useSession()
  return (
    <div className={classes.effect}>
      {!effect.is_current && effect.at && (
        <div className={classes.buttons} role="status">
          <span>{t('Something was changed since this was worked out, {when}.', { when: formatMoment(effect.at, new Date(), organisation.time_zone) })}</span>
          <AskAgain id={id} label={t('Work it out again')} onJob={onJob} />
        </div>
      )}
      {effect.brings_plan && (
        <p>{t('The territories in these files become a draft. What moves is said by the plan that is live now.')}</p>
      )}
      <EffectFigures effect={effect} />
      {effect.moved === 0 ? (
        <p>{t('It moves nothing. Every account stays where it is, in every layer.')}</p>
      ) : (
        effect.layers.filter((layer) => layer.accounts > 0).map((layer) => (
          <p key={layer.layer}>
            <strong>{t('{layer}: {n, plural, one {# account moves.} other {# accounts move.}}', { layer: layer.layer, n: layer.accounts })}</strong> {layer.sentence}
          </p>
        ))
      )}
      <EffectTabs id={id} effect={effect} />
    </div>
  )
}

function AskAgain({ id, label, onJob }: EffectPanelProps & { readonly label: string }) {
  const ask = useMutation({
    mutationFn: async () => (await api.POST('/api/v1/imports/{import_id}/effect', { params: { path: { import_id: id } } })).data,
    onSuccess: (started) => started && onJob(started.job_id),
  })
  return (
    <>
      <Button variant="default" size="compact-sm" loading={ask.isPending} onClick={() => ask.mutate()}>
        {label}
      </Button>
      {ask.error && <ErrorState error={ask.error} />}
    </>
  )
}

function EffectFigures({ effect }: { readonly effect: ImportEffect }) {
  const { currency } = useSession().organisation
  const primary = effect.layers.find((layer) => layer.role === 'primary')
  return (
    <Figures>
      <Figure
        label={t('Accounts that move')}
        value={formatCount(effect.moved)}
        beside={t('{n, plural, one {# known account gets} other {# known accounts get}} other data', { n: effect.changed })}
      />
      {primary && (
        <Figure
          label={t('Open deals on them')}
          value={formatCount(primary.open_deals)}
          beside={t('worth {amount}, in {layer}', { amount: formatMoney(primary.pipeline_minor, currency, 'short'), layer: primary.layer })}
        />
      )}
      {primary && <Figure label={t('Their annual revenue')} value={formatMoney(primary.revenue_minor, currency, 'short')} beside={t('in {layer}', { layer: primary.layer })} />}
      <Figure
        label={t('New accounts')}
        value={formatCount(effect.new)}
        beside={primary && effect.new > 0 ? t('{n} of them unassigned', { n: formatCount(primary.unassigned) }) : undefined}
      />
    </Figures>
  )
}

function EffectTabs({ id, effect }: { readonly id: number; readonly effect: ImportEffect }) {
  const moves = effect.layers.reduce((sum, layer) => sum + layer.accounts, 0)
  const flows = effect.flows.length + effect.more_flows
  const parts: readonly (readonly [string, number, string, () => ReactNode])[] = [
    ['flows', flows, t('From where to where ({n})', { n: flows }), () => <EffectFlows effect={effect} />],
    ['owners', effect.owners.length, t('Owners ({n})', { n: effect.owners.length }), () => <OwnerFlows owners={effect.owners} />],
    ['each', moves, t('Each move ({n})', { n: moves }), () => <EffectMoves id={id} total={moves} />],
    ['new', effect.new, t('New accounts ({n})', { n: effect.new }), () => <EffectLandings effect={effect} />],
  ]
  const shown = parts.filter(([, count]) => count > 0)
  const first = shown[0]
  if (!first) return null
  return (
    <Tabs defaultValue={first[0]} keepMounted={false}>
      <Tabs.List aria-label={t('Parts of the effect')}>
        {shown.map(([key, , label]) => (
          <Tabs.Tab key={key} value={key}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(([key, , , render]) => (
        <Tabs.Panel key={key} value={key} pt="sm">
          {render()}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
