import type { JSX } from "hono/jsx/jsx-runtime";

const width = 480;
const height = 190;
const inset = { left: 44, right: 12, top: 14, bottom: 26 };

/** A line of a chart; a gap where there is no value. */
export interface Series {
  readonly label: string;
  readonly values: readonly (number | undefined)[];
}

/**
 * A line chart as SVG from 0 upwards, so that a small change does not look like a large one. It is a picture of a table that stands
 * beside it: whoever cannot see it reads the title, and the numbers there.
 */
export function LineChart({
  title,
  labels,
  series,
  format,
}: {
  readonly title: string;
  /** One for each place on the horizontal axis. */
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}): JSX.Element {
  const top = niceCeiling(
    Math.max(0, ...series.flatMap(({ values }) => values.map((v) => v ?? 0))),
  );
  const x = (index: number): number =>
    labels.length === 1
      ? (width + inset.left - inset.right) / 2
      : inset.left + (index * (width - inset.left - inset.right)) / (labels.length - 1);
  const y = (value: number): number =>
    height - inset.bottom - (value / top) * (height - inset.top - inset.bottom);
  const marked = [0, top / 2, top];
  return (
    <figure>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {marked.map((value) => (
          <>
            <line
              class="axis"
              x1={inset.left}
              x2={width - inset.right}
              y1={y(value)}
              y2={y(value)}
            />
            <text x={inset.left - 8} y={y(value) + 4} text-anchor="end">
              {format(value)}
            </text>
          </>
        ))}
        {labels.map((label, index) =>
          isLabelled(index, labels.length) ? (
            <text
              x={x(index)}
              y={height - 6}
              text-anchor={index === 0 ? "start" : index === labels.length - 1 ? "end" : "middle"}
            >
              {label}
            </text>
          ) : null,
        )}
        {series.map(({ values }, number) => (
          <>
            <path class={number === 0 ? "curve" : "curve second"} d={toPath(values, x, y)} />
            {values.map((value, index) =>
              value === undefined ? null : (
                <circle
                  class={number === 0 ? "point" : "point second"}
                  cx={x(index)}
                  cy={y(value)}
                  r={3}
                />
              ),
            )}
          </>
        ))}
      </svg>
      {series.length > 1 ? (
        <figcaption>
          {series.map(({ label }, number) => `${number === 0 ? "━" : "╌"} ${label}`).join("   ")}
        </figcaption>
      ) : null}
    </figure>
  );
}

/** The next of 1, 2 or 5 times a power of ten: 37 gives 50. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}

/** The first, the last, and a few between. */
function isLabelled(index: number, count: number): boolean {
  return index === 0 || index === count - 1 || (count > 6 && index === Math.floor(count / 2));
}

/** A gap in the values is a gap in the line. */
function toPath(
  values: readonly (number | undefined)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let drawing = false;
  return values
    .map((value, index) => {
      const command = drawing ? "L" : "M";
      drawing = value !== undefined;
      return value === undefined ? "" : `${command}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join("");
}
