import type { CounterKey, Figure, FigureKey, Language } from "@cloud-code/policy";
import { counters, figures, inventory } from "@cloud-code/policy";
import { Hono } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerEnv } from "../environment.ts";
import { LineChart } from "../pages/chart.tsx";
import { Banner, Page, Table } from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { formatNumber, say } from "../pages/words.ts";
import type { UsageStore, UsageWeek } from "./store.ts";

const words = {
  title: { en: "Usage statistics", zh: "使用统计" },
  lead: {
    en: "The eight figures, week by week, from people who allowed them. This is everything the receiver knows: sums, about nobody in particular.",
    zh: "来自已授权用户的八项数据，按周汇总。这就是接收端所知的全部：仅有总和，不涉及任何特定个人。",
  },
  none: { en: "No reports have been received yet.", zh: "尚未收到任何报告。" },
  noneText: {
    en: "Statistics are off until somebody allows them in their editor, so an empty page is a normal state.",
    zh: "使用统计默认关闭，仅在用户于编辑器中允许后才有数据，因此本页为空属正常情况。",
  },
  hidden: {
    en: "Weeks with fewer than 10 reports are left out: their sums could tell about single people.",
    zh: "报告少于 10 份的周不予显示：其总和可能反映个人情况。",
  },
  week: { en: "Week", zh: "周" },
  reports: { en: "Reports", zh: "报告数" },
  average: { en: "Average", zh: "平均值" },
  table: { en: "As a table", zh: "以表格查看" },
  notice: {
    en: "What is counted, and how to allow or cancel it",
    zh: "统计内容以及如何允许或取消",
  },
} as const;

/** The page of the weekly figures. */
export function routes({ store }: { readonly store: UsageStore }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.get("/statistics", async (context) => {
    const { language } = context.var;
    const text = say(words, language);
    const weeks = await store.weeks();
    const shown = weeks.filter((week) => week.kind === "shown");
    return renderPage(
      context,
      { title: text.title, description: text.lead },
      <Page title={text.title} lead={text.lead}>
        <div class="stack-wide">
          <p>
            <a href="/privacy/assistant#statistics">{text.notice}</a>
          </p>
          {shown.length === 0 ? (
            <Banner tone="info" title={text.none}>
              {text.noneText}
            </Banner>
          ) : null}
          {weeks.length > shown.length ? <p class="soft">{text.hidden}</p> : null}
          {shown.length === 0 ? null : (
            <div class="split">
              {(Object.keys(figures) as FigureKey[]).map((key) => (
                <FigureChart id={key} figure={figures[key]} weeks={shown} language={language} />
              ))}
            </div>
          )}
        </div>
      </Page>,
    );
  });
  return app;
}

type ShownWeek = Extract<UsageWeek, { kind: "shown" }>;

function FigureChart({
  id,
  figure,
  weeks,
  language,
}: {
  readonly id: FigureKey;
  readonly figure: Figure;
  readonly weeks: readonly ShownWeek[];
  readonly language: Language;
}): JSX.Element {
  const text = say(words, language);
  const series = toSeries(figure, weeks, language);
  const digits = figure.value.kind === "average" ? 2 : 0;
  const title = figure.title[language];
  const headingId = `figure-${id}`;
  return (
    <section class="stack">
      <h2 class="chart-title" id={headingId}>
        {title}
      </h2>
      <LineChart
        title={title}
        labels={weeks.map(({ week }) => week)}
        series={series}
        format={(value) => formatNumber(value, language, digits)}
      />
      <details>
        <summary>{text.table}</summary>
        <Table
          labelledBy={headingId}
          columns={[text.week, ...series.map(({ label }) => label), text.reports]}
          numbers={[1, 2, 3]}
          rows={weeks.map(({ week, reports }, index) => [
            week,
            ...series.map(({ values }) => {
              const value = values[index];
              return value === undefined ? "–" : formatNumber(value, language, digits);
            }),
            formatNumber(reports, language),
          ])}
        />
      </details>
    </section>
  );
}

/** The lines of a figure: one for each counter, or one of averages. */
function toSeries(
  { value }: Figure,
  weeks: readonly ShownWeek[],
  language: Language,
): readonly { readonly label: string; readonly values: readonly (number | undefined)[] }[] {
  if (value.kind === "counts") {
    return value.of.map((key) => ({
      label: titleOf(key, language),
      values: weeks.map(({ counts }) => counts[key]),
    }));
  }
  const { sum, by } = value;
  return [
    {
      label: words.average[language],
      values: weeks.map(({ counts }) => (counts[by] === 0 ? undefined : counts[sum] / counts[by])),
    },
  ];
}

function titleOf(key: CounterKey, language: Language): string {
  return inventory[counters[key].item].title[language];
}
