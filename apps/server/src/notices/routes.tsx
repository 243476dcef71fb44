import type { ChangeKind, Language, Processor, ProductKey } from "@cloud-code/policy";
import {
  announcementDays,
  compareTexts,
  inventory,
  isProcessorChange,
  products,
  recipients,
  toPlainText,
} from "@cloud-code/policy";
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import type { ServerContext, ServerEnv } from "../environment.ts";
import type { Tone } from "../pages/components.tsx";
import {
  Banner,
  ButtonLink,
  Chip,
  Day,
  Facts,
  Moment,
  Page,
  pageTitle,
  Table,
  Tabs,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { notFoundPage } from "../pages/problems.tsx";
import { formatDate, say } from "../pages/words.ts";
import type { Services } from "../services.ts";
import { Difference, NoticeDocument } from "./document.tsx";
import { isIntact } from "./publish.ts";
import type { NoticeStore, PublishedNotice } from "./store.ts";

const words = {
  notices: { en: "Notices", zh: "声明" },
  version: { en: "Version", zh: "版本" },
  effective: { en: "In effect since", zh: "生效日期" },
  updated: { en: "Last updated", zh: "最后更新" },
  earlier: { en: "Earlier versions and what changed", zh: "历史版本及变更" },
  print: { en: "Made to be read and printed; no scripts.", zh: "可阅读、可打印；不含脚本。" },
  soon: { en: "A new version takes effect on", zh: "新版本生效日期：" },
  soonText: { en: "Read the new version", zh: "阅读新版本" },
  differences: { en: "See what changes", zh: "查看变更内容" },
  archive: { en: "Every version there was", zh: "全部版本" },
  archiveLead: {
    en: "Texts are frozen the moment they are published: nobody can change one here without its checksum showing it.",
    zh: "文本一经发布即被冻结：任何改动都会使其校验值不符。",
  },
  product: { en: "Notice", zh: "声明" },
  published: { en: "Published", zh: "发布日期" },
  change: { en: "Kind of change", zh: "变更类型" },
  state: { en: "State", zh: "状态" },
  inEffect: { en: "in effect", zh: "生效中" },
  announced: { en: "announced", zh: "已公告" },
  replaced: { en: "replaced", zh: "已被取代" },
  frozen: { en: "This is a frozen text.", zh: "这是已冻结的文本。" },
  checksum: { en: "SHA-256 of the text in both languages", zh: "两种语言文本的 SHA-256 校验值" },
  intact: { en: "matches the text below", zh: "与下文一致" },
  broken: { en: "does not match: the text was altered", zh: "不一致：文本已被改动" },
  facts: { en: "The same as data (JSON)", zh: "以数据形式查看（JSON）" },
  whatChanged: { en: "What changed", zh: "变更内容" },
  compared: { en: "compared with version", zh: "对比版本" },
  inShort: { en: "In short", zh: "要点" },
  onlyWords: {
    en: "Only words differ: nothing is collected, used, kept or given to anybody that was not before.",
    zh: "仅文字表述有所不同：收集、使用、保存和提供的内容均无变化。",
  },
  wordByWord: { en: "Word by word", zh: "逐字对比" },
  first: { en: "This is the first version, so nothing changed.", zh: "这是第一个版本，没有变更。" },
  processors: { en: "Who handles data for us", zh: "谁代我们处理数据" },
  processorsLead: {
    en: "Companies that act for the operator and on its instructions only, and everyone else who may ever receive something from the service. A new one is announced 30 days before it begins.",
    zh: "仅按运营者指示代为处理数据的公司，以及可能从本服务接收数据的其他各方。新增接收方会提前 30 天公告。",
  },
  noProcessors: {
    en: "The operator uses no other company to run this service.",
    zh: "运营者未委托其他公司运行本服务。",
  },
  announcedChanges: { en: "Announced changes", zh: "已公告的变更" },
  fromDay: { en: "From", zh: "自" },
  colon: { en: ": ", zh: "起：" },
  company: { en: "Company", zh: "公司" },
  task: { en: "What for", zh: "事项" },
  place: { en: "Where", zh: "地点" },
  who: { en: "Who", zh: "接收方" },
  when: { en: "When", zh: "情形" },
  what: { en: "What", zh: "数据" },
  subProcessors: { en: "Sub-processors", zh: "受托处理方" },
  recipientsTitle: {
    en: "Everyone who may receive data of the service",
    zh: "可能接收本服务数据的各方",
  },
} as const;

const changeWords: Readonly<Record<ChangeKind, { tone: Tone; en: string; zh: string }>> = {
  editorial: { tone: "neutral", en: "wording or less data", zh: "文字调整或减少数据" },
  notice: { tone: "info", en: "announced change", zh: "需公告的变更" },
  "ask-again": { tone: "warn", en: "consent asked again", zh: "重新征求同意" },
};

const addresses = {
  service: "/privacy",
  assistant: "/privacy/assistant",
  gateway: "/privacy/gateway",
} as const satisfies Record<ProductKey, string>;

/** The pages of the notices: the current ones, the archive, the differences, the sub-processors. */
export function routes({
  notices,
  now,
}: Pick<Services, "now"> & { readonly notices: NoticeStore }): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  for (const product of Object.keys(addresses) as ProductKey[]) {
    app.get(addresses[product], async (context) => {
      const notice = await notices.current(product);
      if (notice === undefined) return notFoundPage(context);
      const next = (await notices.upcoming()).find((upcoming) => upcoming.product === product);
      return currentPage(context, notice, next);
    });
  }
  app.get("/privacy/archive", async (context) => archivePage(context, await notices.all(), now()));
  app.get("/privacy/archive/:id", async (context) => {
    const notice = await notices.find(context.req.param("id"));
    return notice === undefined ? notFoundPage(context) : frozenPage(context, notice);
  });
  app.get("/privacy/archive/:id/facts.json", async (context) => {
    const notice = await notices.find(context.req.param("id"));
    if (notice === undefined) return notFoundPage(context);
    return context.json(notice.facts);
  });
  app.get("/privacy/archive/:id/changes", async (context) => {
    const notice = await notices.find(context.req.param("id"));
    if (notice === undefined) return notFoundPage(context);
    return changesPage(context, notice, await notices.before(notice));
  });
  app.get("/privacy/processors", async (context) => {
    const current = await notices.current("service");
    const upcoming = (await notices.upcoming()).filter(({ product }) => product === "service");
    return processorsPage(context, current?.facts.processors ?? [], upcoming);
  });
  return app;
}

/** The notices as tabs. */
function NoticeTabs({ language, current }: { language: Language; current: string }): Child {
  return (
    <Tabs
      label={words.notices[language]}
      current={current}
      tabs={[
        ...(["service", "assistant", "gateway"] as const).map(
          (product) => [addresses[product], products[product].title[language]] as const,
        ),
        ["/privacy/cookies", "Cookie"],
        ["/privacy/processors", words.subProcessors[language]],
        ["/privacy/archive", words.archive[language]],
      ]}
    />
  );
}

function currentPage(
  context: ServerContext,
  notice: PublishedNotice,
  next: PublishedNotice | undefined,
): Response | Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const shown = notice.texts[language];
  return renderPage(
    context,
    { title: shown.title },
    <Page title={shown.title}>
      <NoticeTabs language={language} current={addresses[notice.product]} />
      <div class="stack-wide">
        {next === undefined ? null : (
          <Banner tone="info" title={`${text.soon} ${formatDate(next.effectiveMs, reader)}`}>
            <a href={`/privacy/archive/${next.id}`}>{text.soonText}</a>
            {" · "}
            <a href={`/privacy/archive/${next.id}/changes`}>{text.differences}</a>
          </Banner>
        )}
        <Facts
          facts={[
            [text.version, `${notice.version}.${notice.revision}`],
            [text.updated, shown.lastUpdated],
            [text.effective, <Day atMs={notice.effectiveMs} reader={reader} />],
            ["", <a href={`/privacy/archive/${notice.id}/changes`}>{text.earlier}</a>],
          ]}
        />
        <NoticeDocument notice={shown} />
      </div>
    </Page>,
  );
}

function archivePage(
  context: ServerContext,
  all: readonly PublishedNotice[],
  nowMs: number,
): Response | Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const inEffect = new Set(
    Object.keys(products).map(
      (product) =>
        all.findLast((notice) => notice.product === product && notice.effectiveMs <= nowMs)?.id,
    ),
  );
  return renderPage(
    context,
    { title: text.archive },
    <Page title={text.archive} lead={text.archiveLead}>
      <NoticeTabs language={language} current="/privacy/archive" />
      <Table
        labelledBy={pageTitle}
        columns={[
          text.product,
          text.version,
          text.published,
          text.effective,
          text.change,
          text.state,
        ]}
        rows={all
          .toReversed()
          .map((notice) => [
            <a href={`/privacy/archive/${notice.id}`}>
              {products[notice.product].title[language]}
            </a>,
            `${notice.version}.${notice.revision}`,
            <Day atMs={notice.publishedMs} reader={reader} />,
            <Day atMs={notice.effectiveMs} reader={reader} />,
            <a href={`/privacy/archive/${notice.id}/changes`}>
              {changeWords[notice.kind][language]}
            </a>,
            inEffect.has(notice.id) ? (
              <Chip tone="good">{text.inEffect}</Chip>
            ) : notice.effectiveMs > nowMs ? (
              <Chip tone="info">{text.announced}</Chip>
            ) : (
              <Chip>{text.replaced}</Chip>
            ),
          ])}
      />
    </Page>,
  );
}

function frozenPage(context: ServerContext, notice: PublishedNotice): Response | Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const intact = isIntact(notice);
  return renderPage(
    context,
    { title: `${notice.texts[language].title} ${notice.version}.${notice.revision}` },
    <Page
      title={notice.texts[language].title}
      eyebrow={<a href="/privacy/archive">{text.archive}</a>}
      lead={`${text.version} ${notice.version}.${notice.revision}`}
    >
      <div class="stack-wide">
        <Banner tone={intact ? "good" : "bad"} title={text.frozen}>
          {text.checksum}: <code>{notice.hash}</code> ({intact ? text.intact : text.broken})
        </Banner>
        <Facts
          facts={[
            [text.published, <Moment atMs={notice.publishedMs} reader={reader} />],
            [text.effective, <Moment atMs={notice.effectiveMs} reader={reader} />],
            ["", <a href={`/privacy/archive/${notice.id}/changes`}>{text.whatChanged}</a>],
            ["", <a href={`/privacy/archive/${notice.id}/facts.json`}>{text.facts}</a>],
          ]}
        />
        <NoticeDocument notice={notice.texts[language]} />
      </div>
    </Page>,
  );
}

function changesPage(
  context: ServerContext,
  notice: PublishedNotice,
  before: PublishedNotice | undefined,
): Response | Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const { tone } = changeWords[notice.kind];
  return renderPage(
    context,
    { title: text.whatChanged },
    <Page
      title={text.whatChanged}
      eyebrow={<a href="/privacy/archive">{text.archive}</a>}
      lead={`${notice.texts[language].title} ${notice.version}.${notice.revision}${
        before === undefined ? "" : `, ${text.compared} ${before.version}.${before.revision}`
      }`}
    >
      {before === undefined ? (
        <div class="stack">
          <p>{text.first}</p>
          <p>
            <ButtonLink href={`/privacy/archive/${notice.id}`} kind="quiet">
              {notice.texts[language].title}
            </ButtonLink>
          </p>
        </div>
      ) : (
        <div class="stack-wide">
          <section class="stack">
            <h2>{text.inShort}</h2>
            <p>
              <Chip tone={tone}>{changeWords[notice.kind][language]}</Chip>{" "}
              {announcementDays[notice.kind] > 0
                ? `${text.published} ${formatDate(notice.publishedMs, reader)}, ${text.effective} ${formatDate(notice.effectiveMs, reader)}`
                : ""}
            </p>
            {notice.changes.length === 0 ? (
              <p>{text.onlyWords}</p>
            ) : (
              <ul class="plain-list">
                {notice.changes.map((change) => (
                  <li>
                    {change.text[language]}{" "}
                    <Chip tone={changeWords[change.kind].tone}>
                      {changeWords[change.kind][language]}
                    </Chip>
                  </li>
                ))}
              </ul>
            )}
          </section>
          <section class="stack">
            <h2>{text.wordByWord}</h2>
            <Difference
              language={language}
              lines={compareTexts(
                toPlainText(before.texts[language]),
                toPlainText(notice.texts[language]),
              )}
            />
          </section>
        </div>
      )}
    </Page>,
  );
}

function processorsPage(
  context: ServerContext,
  // What the notice in effect says and not what the operator's file says by now: a company begins when its announcement is over.
  processors: readonly Processor[],
  upcoming: readonly PublishedNotice[],
): Response | Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  const announced = upcoming.flatMap(({ id, effectiveMs, changes }) =>
    changes.filter(isProcessorChange).map((change) => ({ id, effectiveMs, change })),
  );
  const items = Object.values(inventory).filter(
    (item) => item.product === "service" && item.state === "collected",
  );
  const receivers = Object.entries(recipients).flatMap(([key, recipient]) => {
    const given = items.filter(
      (item) => item.state !== "refused" && item.recipients.some((name) => name === key),
    );
    return given.length === 0 ? [] : [{ recipient, given }];
  });
  return renderPage(
    context,
    { title: text.processors, description: text.processorsLead },
    <Page title={text.processors} lead={text.processorsLead}>
      <NoticeTabs language={language} current="/privacy/processors" />
      <div class="stack-wide">
        <section class="stack" id="companies">
          <h2 id="list-sub-processors">{text.subProcessors}</h2>
          {processors.length === 0 ? (
            <p>{text.noProcessors}</p>
          ) : (
            <Table
              labelledBy="list-sub-processors"
              columns={[text.company, text.task, text.place]}
              rows={processors.map(({ name, task, place }) => [
                name,
                task[language],
                place[language],
              ])}
            />
          )}
        </section>
        {announced.length === 0 ? null : (
          <section class="stack" id="announced">
            <h2>{text.announcedChanges}</h2>
            <ul>
              {announced.map(({ id, effectiveMs, change }) => (
                <li>
                  {text.fromDay} <Day atMs={effectiveMs} reader={context.var} />
                  {text.colon}
                  <a href={`/privacy/archive/${id}/changes`}>{change.text[language]}</a>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section class="stack" id="recipients">
          <h2 id="list-recipients-title">{text.recipientsTitle}</h2>
          <Table
            labelledBy="list-recipients-title"
            columns={[text.who, text.when, text.what]}
            rows={receivers.map(({ recipient, given }) => [
              recipient.title[language],
              recipient.when[language],
              given.map((item) => item.title[language]).join(language === "zh" ? "；" : "; "),
            ])}
          />
        </section>
      </div>
    </Page>,
  );
}
