/** What a caller can do wrong with a permit. Each is a fault of the program, never of the person. */
export type PolicyErrorCode =
  | "POLICY_NOT_A_PERMIT"
  | "POLICY_PERMIT_EXPIRED"
  | "POLICY_PERMIT_MISUSED";

/** Thrown when something is about to happen that no permit covers. The message names keys and origins, never content. */
export class PolicyError extends Error {
  readonly code: PolicyErrorCode;

  constructor(code: PolicyErrorCode, message: string) {
    super(message);
    this.name = "PolicyError";
    this.code = code;
  }
}
