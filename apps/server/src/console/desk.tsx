/** What every page of the console shares: who may see it, its tabs, and that what was seen is written down. */
import type { PurposeKey } from "@cloud-code/policy";
import type { Child } from "hono/jsx";
import { requireRole } from "../accounts/guard.ts";
import type { SignedIn } from "../accounts/port.ts";
import type { ServerContext } from "../environment.ts";
import { Banner, Page, Tabs } from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { say } from "../pages/words.ts";
import type { Rights } from "../requests/rights.ts";
import { words } from "./words.ts";

/** Somebody at the desk. */
export interface Desk {
  readonly signedIn: SignedIn;
  /** Their own pseudonym, which stands in the trail. */
  readonly actor: string;
  readonly mayChange: boolean;
}

/** Lets officers and auditors in, with a second factor and nobody without; an auditor only looks. */
export async function enter(
  context: ServerContext,
  { ledger }: Pick<Rights, "ledger">,
): Promise<Desk> {
  const signedIn = await requireRole(context, "officer", "auditor");
  return {
    signedIn,
    actor: await ledger.pseudonymOf(signedIn.userId),
    mayChange: signedIn.role === "officer",
  };
}

/** Lets only officers in: for everything that changes something. */
export async function enterToChange(
  context: ServerContext,
  { ledger }: Pick<Rights, "ledger">,
): Promise<Desk> {
  const signedIn = await requireRole(context, "officer");
  return { signedIn, actor: await ledger.pseudonymOf(signedIn.userId), mayChange: true };
}

/** Writes down that somebody at the desk looked at personal data, whose and for what. */
export async function noteView(
  { trail }: Pick<Rights, "trail">,
  desk: Desk,
  what: string,
  subject: string | undefined,
  purpose: PurposeKey = "keep-records",
): Promise<void> {
  await trail.record({ actor: desk.actor, action: "viewed", subject, purpose, detail: { what } });
}

/** Renders a page of the console. */
export async function deskPage(
  context: ServerContext,
  desk: Desk,
  page: {
    readonly title: string;
    readonly path: string;
    readonly lead?: string;
    readonly problem?: string | undefined;
  },
  children: Child,
): Promise<Response> {
  const text = say(words, context.var.language);
  const tabs: readonly (readonly [string, string])[] = [
    ["/console", text.overview],
    ["/console/holds", text.holds],
    ["/console/incidents", text.incidents],
    ["/console/retention", text.retention],
    ["/console/consents", text.consents],
    ["/console/record", text.record],
    ["/console/trail", text.trail],
    ["/console/children", text.children],
  ];
  return renderPage(
    context,
    { title: page.title, personal: true, status: page.problem === undefined ? 200 : 409 },
    <Page title={page.title} lead={page.lead} eyebrow={<a href="/console">{text.title}</a>}>
      <div class="stack-wide">
        <Tabs label={text.title} tabs={tabs} current={page.path} />
        {page.problem === undefined ? null : (
          <Banner tone="bad" title={`${text.refused} ${page.problem}`} announce />
        )}
        {desk.mayChange ? null : <Banner tone="info" title={text.readOnly} />}
        {children}
      </div>
    </Page>,
  );
}
