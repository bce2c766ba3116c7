// Who may log in, and which machines may? People for administrators, one's own tokens for everybody who may have some.
import { Tabs } from '@mantine/core'
import { useMay, useSession } from '@/api/session'
import { Page, PageHeader } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { PeoplePanel } from './PeoplePanel'
import { TokensPanel } from './TokensPanel'

export default function SettingsPage() {
  const [view, change] = useView()
  const { organisation } = useSession()
  const mayManage = useMay('manage_people')
  const tab = view.get('tab') ?? (mayManage ? 'people' : 'tokens')
  return (
    <Page>
      <PageHeader
        title={t('Settings')}
        about={t('{name} · amounts in {currency} · days begin at 00:00 in {zone}', {
          name: organisation.name,
          currency: organisation.currency,
          zone: organisation.time_zone,
        })}
      />
      <Tabs value={tab} onChange={(next) => change({ tab: next })} keepMounted={false}>
        <Tabs.List>
          {mayManage && <Tabs.Tab value="people">{t('People')}</Tabs.Tab>}
          <Tabs.Tab value="tokens">{t('API tokens')}</Tabs.Tab>
        </Tabs.List>
        {mayManage && (
          <Tabs.Panel value="people" pt="md">
            <PeoplePanel />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="tokens" pt="md">
          <TokensPanel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
