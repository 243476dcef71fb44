/** The console's pictures. Each is a picture of a table that stands beside it. */
import type { DataMap } from "@cloud-code/policy";
import type { JSX } from "hono/jsx/jsx-runtime";

const width = 720;
const dayMs = 86_400_000;

/** Something that is due. */
export interface Due {
  readonly label: string;
  readonly dueMs: number;
}

/** Thirty days from left to right, a mark for each thing that is due; what is late stands at the left edge. */
export function DeadlineStrip({
  title,
  late,
  dues,
  nowMs,
}: {
  readonly title: string;
  readonly late: string;
  readonly dues: readonly Due[];
  readonly nowMs: number;
}): JSX.Element {
  const left = 60;
  const step = (width - left - 20) / 30;
  const stacks = new Map<number, number>();
  const marks = dues
    .map((due) => ({ ...due, day: Math.ceil((due.dueMs - nowMs) / dayMs) }))
    .filter(({ day }) => day <= 30)
    .map((due) => {
      const day = Math.max(0, due.day);
      const level = stacks.get(day) ?? 0;
      stacks.set(day, level + 1);
      return { ...due, day, level };
    });
  const height = 60 + 12 * Math.max(1, ...stacks.values());
  return (
    <figure>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        <line class="axis" x1={left} x2={width - 20} y1={height - 30} y2={height - 30} />
        {[0, 7, 14, 21, 30].map((day) => (
          <>
            <line
              class="axis"
              x1={left + day * step}
              x2={left + day * step}
              y1={height - 34}
              y2={height - 26}
            />
            <text x={left + day * step} y={height - 10} text-anchor="middle">
              {day}
            </text>
          </>
        ))}
        {stacks.has(0) ? (
          <text x={left - 8} y={height - 36} text-anchor="end">
            {late}
          </text>
        ) : null}
        {marks.map(({ day, level, label }) => (
          <circle
            class={day === 0 ? "point second" : "point"}
            cx={left + day * step}
            cy={height - 40 - level * 12}
            r={5}
          >
            <title>{label}</title>
          </circle>
        ))}
      </svg>
    </figure>
  );
}

/** A bar for each label, longest is widest. */
export function Bars({
  title,
  bars,
}: {
  readonly title: string;
  readonly bars: readonly (readonly [string, number])[];
}): JSX.Element {
  const most = Math.max(1, ...bars.map(([, count]) => count));
  const height = 26 * bars.length + 8;
  return (
    <figure>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {bars.map(([label, count], index) => (
          <>
            <text x={190} y={26 * index + 20} text-anchor="end">
              {label}
            </text>
            <rect
              class="bar"
              x={200}
              y={26 * index + 6}
              width={Math.max(2, ((width - 260) * count) / most)}
              height={18}
            />
            <text x={210 + ((width - 260) * count) / most} y={26 * index + 20}>
              {count}
            </text>
          </>
        ))}
      </svg>
    </figure>
  );
}

/** The data map: origins, purposes and recipients in three columns, a line for each flow. */
export function DataMapChart({
  title,
  map,
  name,
}: {
  readonly title: string;
  readonly map: DataMap;
  readonly name: (key: string) => string;
}): JSX.Element {
  const columns = [map.origins, map.purposes, map.recipients] as const;
  const rowHeight = 30;
  const height = Math.max(...columns.map(({ length }) => length)) * rowHeight + 10;
  const xs = [10, 270, 560];
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  for (const [column, keys] of columns.entries()) {
    const gap = height / Math.max(1, keys.length);
    for (const [row, key] of keys.entries())
      places.set(key, { x: xs[column] ?? 0, y: gap * (row + 0.5) });
  }
  return (
    <figure>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {map.flows.map(({ from, to, count }) => {
          const [a, b] = [places.get(from), places.get(to)];
          if (a === undefined || b === undefined) return null;
          const [x1, x2] = [a.x + 140, b.x];
          const middle = (x1 + x2) / 2;
          return (
            <path
              class="curve"
              fill="none"
              stroke-opacity="0.35"
              stroke-width={Math.min(14, 1 + count)}
              d={`M${x1} ${a.y.toFixed(1)} C${middle} ${a.y.toFixed(1)} ${middle} ${b.y.toFixed(1)} ${x2} ${b.y.toFixed(1)}`}
            >
              <title>{`${name(from)} → ${name(to)}: ${count}`}</title>
            </path>
          );
        })}
        {[...places].map(([key, { x, y }]) => (
          <text x={x} y={y + 4}>
            {name(key)}
          </text>
        ))}
      </svg>
    </figure>
  );
}
