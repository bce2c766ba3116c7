// What happens when a page breaks? The rail stays, the page says so, and going elsewhere works.
import { Component, type ReactNode } from 'react'
import { ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'

type Props = { readonly children: ReactNode; /** A change of place clears the error. */ readonly place: string }
type State = { readonly error: unknown; readonly place: string }

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error }
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { error: null, place: props.place }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorState
        error={this.state.error}
        kept={t('Your data on the server is as it was.')}
        onRetry={() => window.location.reload()}
      />
    )
  }
}
