import encodeQR from "qr";
import type { JSX } from "hono/jsx/jsx-runtime";

// What ISO/IEC 18004 asks for around a symbol, in modules.
const QUIET = 4;

/** A text as a QR code to be read from the screen: dark on white also on a dark page, and drawn here, because a key is nobody else's. */
export function QrCode({
  text,
  label,
}: {
  readonly text: string;
  /** Says what it is to people who do not see it. */
  readonly label: string;
}): JSX.Element {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET });
  const dark = rows.flatMap((row, y) =>
    row.flatMap((set, x) => (set ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      width="232"
      height="232"
      shape-rendering="crispEdges"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={dark.join("")} fill="#000" />
    </svg>
  );
}
