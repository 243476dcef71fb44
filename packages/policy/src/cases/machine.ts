/**
 * What all cases share. A case is the list of what happened to it; its state is computed from that list. Before something may happen the
 * guards are asked, and a guard can only refuse: there is no rule that allows what another forbids.
 */

/** A reason why something may not happen to a case. */
export interface Guard<State, Event, Code extends string> {
  readonly code: Code;
  readonly refuses: (state: State, event: Event) => boolean;
}

/** Whether something may happen, and what the case is afterwards. */
export type Step<State, Code extends string> =
  | { readonly kind: "done"; readonly state: State }
  | { readonly kind: "refused"; readonly because: Code };

/** Asks every guard in order; if all are silent the state moves on. */
export function step<State, Event, Code extends string>(
  guards: readonly Guard<State, Event, Code>[],
  move: (state: State, event: Event) => State,
  state: State,
  event: Event,
): Step<State, Code> {
  const refusing = guards.find(({ refuses }) => refuses(state, event));
  return refusing === undefined
    ? { kind: "done", state: move(state, event) }
    : { kind: "refused", because: refusing.code };
}

/** Whether a person wrote nothing. */
export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}
