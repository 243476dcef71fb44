/** Whether a value is the address of a receiver: the origin of an HTTPS address. Without imports, because the page reads settings too. */
export function isReceiver(value: unknown): value is string {
  return (
    typeof value === "string" && /^https:\/\/[^/?#@\s\\]+\/?$/.test(value) && URL.canParse(value)
  );
}
