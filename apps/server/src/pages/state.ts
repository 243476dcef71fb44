import type { JSX } from "hono/jsx/jsx-runtime";

/** What every page shows besides its content; `pageState` of `routes.tsx` puts it into the context. */
export interface PageState {
  /** Changes of notices that were announced and are not yet in effect. */
  readonly announcements: readonly Announcement[];
  /** The colour scheme a visitor picked and allowed us to remember. */
  readonly theme: "light" | "dark" | undefined;
  /** The cookie question, while it is open; it stands at the end of the page. */
  readonly cookieQuestion: JSX.Element | undefined;
}

/** A change of a notice that takes effect later. */
interface Announcement {
  readonly title: string;
  readonly href: string;
  readonly effectiveMs: number;
}
