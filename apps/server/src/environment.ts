import type { Language } from "@cloud-code/policy";
import type { Context } from "hono";
import type { SecureHeadersVariables } from "hono/secure-headers";
import type { SignedIn } from "./accounts/port.ts";
import type { PageState } from "./pages/state.ts";

/** What every handler finds in its context, put there by `app.ts`. */
interface Variables extends SecureHeadersVariables {
  /** The language of the answer: what the person picked, else what the account or the browser asks for. */
  language: Language;
  /** The operator's time zone, in which every moment is shown. */
  timeZone: string;
  /** Who is signed in; `undefined` for a visitor. */
  signedIn: SignedIn | undefined;
  /** The client's address, as the outermost trusted proxy saw it. For limits only; it is not stored. */
  address: string;
  /** Whether the service is reached over HTTPS, so that cookies are `Secure` and named `__Host-`. */
  secure: boolean;
  /** The key of form tokens (`forms.tsx`). */
  formKey: string;
  /** The form cookie's value when this answer sets it (`forms.tsx`). */
  formSeed: string | undefined;
  /** What every page shows besides its content; `undefined` before `pageState` ran (`pages/routes.tsx`). */
  page: PageState | undefined;
}

/** The type parameter of every Hono application of the server. */
export interface ServerEnv {
  Variables: Variables;
}

/** A request and its answer in the making. */
export type ServerContext = Context<ServerEnv>;
