import type { ServerContext } from "../environment.ts";
import { Banner, Chip, Facts, Moment, Page, Table } from "./components.tsx";
import { renderPage } from "./layout.tsx";
import { formatNumber, say } from "./words.ts";

/** What the service knows about itself at the moment. */
export interface Health {
  readonly startedMs: number;
  readonly nowMs: number;
  /** How long the database took to answer; undefined when it did not. */
  readonly databaseMs: number | undefined;
  readonly database: "embedded" | "server";
  /** How many support messages wait past their date. */
  readonly lateAnswers: number;
  readonly views: readonly { readonly day: string; readonly views: number }[];
}

const words = {
  title: { en: "Status", zh: "运行状态" },
  lead: { en: "Asked of the running service this very moment.", zh: "即时查询运行中的服务所得。" },
  well: { en: "Everything is working.", zh: "一切正常。" },
  ill: { en: "The database does not answer.", zh: "数据库无响应。" },
  service: { en: "Service", zh: "服务" },
  running: { en: "running", zh: "运行中" },
  since: { en: "Running since", zh: "启动时间" },
  database: { en: "Database", zh: "数据库" },
  answers: { en: "answers in", zh: "响应时间" },
  embedded: { en: "embedded PostgreSQL", zh: "内嵌 PostgreSQL" },
  server: { en: "PostgreSQL server", zh: "PostgreSQL 服务器" },
  down: { en: "no answer", zh: "无响应" },
  support: { en: "Answers to questions", zh: "咨询答复" },
  inTime: { en: "all within their 15 days", zh: "均在 15 天期限内" },
  late: { en: "late", zh: "逾期" },
  at: { en: "Asked at", zh: "查询时间" },
  views: { en: "Page views", zh: "页面访问量" },
  viewsText: {
    en: "Totals per day. No cookie, address or fingerprint; browsers that ask not to be tracked are not counted.",
    zh: "每日总数。不使用 Cookie、地址或指纹；发送“请勿跟踪”信号的浏览器不计入。",
  },
  day: { en: "Day", zh: "日期" },
} as const;

/** The status page. */
export function statusPage(context: ServerContext, health: Health): Response | Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const well = health.databaseMs !== undefined;
  context.header("Cache-Control", "no-store");
  return renderPage(
    context,
    { title: text.title, description: text.lead, status: well ? 200 : 503 },
    <Page title={text.title} lead={text.lead}>
      <div class="stack-wide">
        <Banner tone={well ? "good" : "bad"} title={well ? text.well : text.ill} />
        <Facts
          facts={[
            [text.service, <Chip tone="good">{text.running}</Chip>],
            [
              text.database,
              <>
                {health.databaseMs === undefined ? (
                  <Chip tone="bad">{text.down}</Chip>
                ) : (
                  <Chip tone="good">
                    {text.answers} {formatNumber(health.databaseMs, language, 1)}{" "}
                    {language === "zh" ? "毫秒" : "ms"}
                  </Chip>
                )}{" "}
                <span class="soft">{text[health.database]}</span>
              </>,
            ],
            [
              text.support,
              health.lateAnswers === 0 ? (
                <Chip tone="good">{text.inTime}</Chip>
              ) : (
                <Chip tone="bad">
                  {health.lateAnswers} {text.late}
                </Chip>
              ),
            ],
            [text.since, <Moment atMs={health.startedMs} reader={reader} />],
            [text.at, <Moment atMs={health.nowMs} reader={reader} />],
          ]}
        />
        {health.views.length === 0 ? null : (
          <section class="stack">
            <h2>{text.views}</h2>
            <Table
              caption={text.viewsText}
              columns={[text.day, text.views]}
              numbers={[1]}
              rows={health.views.map(({ day, views }) => [day, formatNumber(views, language)])}
            />
          </section>
        )}
      </div>
    </Page>,
  );
}
