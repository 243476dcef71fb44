import type { Language } from "@cloud-code/policy";

/** What a person may do beyond their own account. An officer handles requests; an auditor reads; an admin keeps the service. */
export type Role = "person" | "officer" | "auditor" | "admin";

/** Someone whose session was checked for this request. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly username: string;
  readonly role: Role;
  readonly language: Language;
  /** When the person last proved who they are, milliseconds since 1970. */
  readonly authenticatedMs: number;
  /** Whether a second factor is set up. A role other than `person` can do nothing before it is. */
  readonly secondFactor: boolean;
}
