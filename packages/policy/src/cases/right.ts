/** The six rights. `transfer` is the machine-readable copy; withdrawing a consent needs no request. */
export type Right = "access" | "correct" | "transfer" | "restrict" | "object" | "delete";

/** Every right, in the order they are offered. */
export const rights: readonly Right[] = [
  "access",
  "correct",
  "transfer",
  "restrict",
  "object",
  "delete",
];
