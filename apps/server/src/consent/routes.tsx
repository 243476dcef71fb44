import type { PurposeKey, Region } from "@cloud-code/policy";
import { Hono } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import { z } from "zod";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { hasSeenCurrent, NoticeLine, readCollected } from "../notices/gate.tsx";
import type { NoticeStore, PublishedNotice } from "../notices/store.ts";
import { Banner, Button, Chip, Facts, Form, Moment, Page } from "../pages/components.tsx";
import type { IconName } from "../pages/icons.tsx";
import { Icon } from "../pages/icons.tsx";
import { renderPage, sendsPrivacySignal } from "../pages/layout.tsx";
import { formatTime, say } from "../pages/words.ts";
import type { Services } from "../services.ts";
import type { ChainedEntry } from "./chain.ts";
import { isAnswer } from "./chain.ts";
import type { ConsentLedger, Standing } from "./ledger.ts";
import type { ConsentQuestion } from "./questions.ts";
import { serviceQuestions } from "./questions.ts";
import { toReceipt } from "./receipt.ts";
import { deleteWithdrawn } from "./withdrawal.ts";

const words = {
  title: { en: "Privacy center", zh: "隐私中心" },
  lead: {
    en: "What you allowed, what we hold, what you can ask of us. Everything here can be changed with one click.",
    zh: "您允许了什么、我们持有什么、您可以要求什么。此处一切均可一键更改。",
  },
  consents: { en: "Your consents", zh: "您的同意" },
  consentsLead: {
    en: "One purpose at a time, nothing allowed beforehand. A no costs only what the purpose itself would have brought.",
    zh: "逐项征求，不预先勾选。拒绝只会使您无法获得该目的本身对应的功能。",
  },
  signIn: { en: "Sign in to see and change your consents.", zh: "登录后可查看和更改您的同意。" },
  signInLink: { en: "Sign in", zh: "登录" },
  separate: { en: "separate consent", zh: "单独同意" },
  unasked: { en: "not asked", zh: "尚未询问" },
  given: { en: "allowed", zh: "已允许" },
  refused: { en: "not allowed", zh: "未允许" },
  withdrawn: { en: "withdrawn", zh: "已撤回" },
  outgrown: { en: "to be asked again", zh: "需重新征求" },
  outgrownText: {
    en: "You allowed this under an earlier version. What it covers has changed since, so your yes no longer counts until you give it again.",
    zh: "您曾在较早版本下允许此项。其内容此后发生变化，在您重新同意之前，原同意不再有效。",
  },
  since: { en: "since", zh: "自" },
  without: { en: "If not:", zh: "不允许时：" },
  allow: { en: "Allow", zh: "允许" },
  refuse: { en: "Do not allow", zh: "不允许" },
  withdraw: { en: "Withdraw", zh: "撤回" },
  receipt: { en: "Receipt", zh: "回执" },
  changed: { en: "What changed", zh: "变更内容" },
  saved: { en: "Your answer is recorded and in effect.", zh: "您的回答已记录并生效。" },
  deleted: {
    en: "What rested on it alone was deleted. What was lawful before stays lawful.",
    zh: "仅以此为依据的数据已删除。撤回不影响此前处理的合法性。",
  },
  newNotice: {
    en: "The notice changed while this page was open. Nothing was recorded; please answer again.",
    zh: "本页打开期间声明已更新。未作任何记录，请重新回答。",
  },
  history: { en: "Your record", zh: "您的记录" },
  historyLead: {
    en: "Every answer you ever gave, oldest first, chained so that a later change to any row would show.",
    zh: "您作出的每一次回答，按时间排列并以散列链相连；任何改动都会被发现。",
  },
  entries: { en: "answers", zh: "条记录" },
  noEntries: { en: "No answers yet.", zh: "尚无记录。" },
  cookies: { en: "Cookies", zh: "Cookie" },
  cookiesText: {
    en: "What is in your browser, and your choices.",
    zh: "浏览器中保存的内容及您的选择。",
  },
  rights: { en: "Your rights", zh: "您的权利" },
  rightsText: {
    en: "See, correct, take along, restrict, object, delete. Answered within a month.",
    zh: "查阅、更正、转移、限制、反对、删除。一个月内答复。",
  },
  notices: { en: "Notices", zh: "声明" },
  noticesText: {
    en: "What we do with which data, and every earlier version.",
    zh: "我们如何使用数据，以及全部历史版本。",
  },
  support: { en: "Ask or complain", zh: "咨询或投诉" },
  supportText: {
    en: "An answer within 15 days, with or without an account.",
    zh: "15 天内答复，有无账户均可。",
  },
  proof: { en: "Proof", zh: "证明" },
  proofText: { en: "Each promise with the tests that hold it.", zh: "每项承诺及其测试。" },
  changesTitle: { en: "Our notice has changed", zh: "我们的声明已更新" },
  changesLead: {
    en: "Before you go on, here is what is different. Going on says that you were shown it, and is not consent to anything.",
    zh: "继续之前，请查看变更内容。继续仅表示已向您展示，不代表同意任何处理。",
  },
  readAll: { en: "Read the whole notice", zh: "阅读声明全文" },
  goOn: { en: "Go on", zh: "继续" },
} as const;

/** The privacy center: the hub, the consents with their receipts, and the page that shows a changed notice. */
export function routes({
  notices,
  ledger,
  config,
  database,
  now,
  regionOf,
}: Pick<Services, "config" | "database" | "now"> & {
  readonly notices: NoticeStore;
  readonly ledger: ConsentLedger;
  /** Where a person is, as far as their account says. */
  readonly regionOf: (userId: string) => Promise<Region | undefined>;
}): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const offered = config.optionalCookies ?? [];

  app.get("/privacy/center", async (context) => {
    const { signedIn } = context.var;
    const notice = await notices.current("service");
    if (signedIn === undefined || notice === undefined) return centerPage(context, undefined);
    const history = await ledger.history(await ledger.pseudonymOf(signedIn.userId));
    const questions = serviceQuestions(await regionOf(signedIn.userId), offered);
    const consents: ShownConsent[] = [];
    for (const question of questions) {
      consents.push({ question, standing: await ledger.standing(history, question.purpose) });
    }
    return centerPage(context, { notice, history, consents });
  });

  app.post("/privacy/center/consent", async (context) => {
    const { signedIn, language } = context.var;
    if (signedIn === undefined) return context.redirect("/privacy/center", 303);
    const form = await readCollected(
      context,
      { notices, product: "service", now },
      z.object({ purpose: z.string(), answer: z.string() }),
    );
    const fields: Partial<Record<string, string>> =
      form.kind === "valid" ? form.value : form.entered;
    const { purpose, answer } = fields;
    const questions = serviceQuestions(await regionOf(signedIn.userId), offered);
    const question = questions.find((asked) => asked.purpose === purpose);
    if (question === undefined || answer === undefined || !isAnswer(answer)) {
      return context.redirect("/privacy/center", 303);
    }
    const pseudonym = await ledger.pseudonymOf(signedIn.userId);
    const answered = {
      purpose: question.purpose,
      kind: question.kind,
      question: question.text[language],
      language,
      screen: "/privacy/center",
      signal: sendsPrivacySignal(context),
    };
    if (answer === "given") {
      if (form.kind !== "valid") return context.redirect("/privacy/center?notice=changed", 303);
      await ledger.record(pseudonym, { ...answered, answer, shown: form.shown });
    } else {
      await ledger.record(pseudonym, { ...answered, answer });
      await deleteWithdrawn({ database }, signedIn.userId, question.purpose);
    }
    return context.redirect(`/privacy/center?answered=${answer}#${question.purpose}`, 303);
  });

  app.get("/privacy/center/receipts/:purpose", async (context) => {
    const { signedIn } = context.var;
    if (signedIn === undefined) return context.redirect("/privacy/center", 303);
    const history = await ledger.history(await ledger.pseudonymOf(signedIn.userId));
    const purpose = context.req.param("purpose");
    const receipt = toReceipt(history, purpose as PurposeKey, {
      operator: config.operator,
      origin: config.origin,
      issuedMs: now(),
      region: await regionOf(signedIn.userId),
    });
    if (receipt === undefined) return context.notFound();
    context.header("Content-Type", "application/ld+json");
    context.header("Content-Disposition", `attachment; filename="consent-${purpose}.jsonld"`);
    context.header("Cache-Control", "no-store");
    return context.body(JSON.stringify(receipt, null, 2));
  });

  app.get("/privacy/changes", async (context) => {
    const { signedIn } = context.var;
    const notice = await notices.current("service");
    if (signedIn === undefined || notice === undefined) return context.redirect("/privacy", 303);
    if (await hasSeenCurrent(notices, signedIn.userId)) return context.redirect("/account", 303);
    return changesPage(context, notice);
  });

  app.post("/privacy/changes", async (context) => {
    const { signedIn } = context.var;
    if (signedIn === undefined) return context.redirect("/privacy", 303);
    const form = await readCollected(context, { notices, product: "service", now }, z.object({}));
    if (form.kind === "invalid") return context.redirect("/privacy/changes", 303);
    await notices.addShown(signedIn.userId, form.shown.noticeId, form.shown.screen, now());
    return context.redirect("/account", 303);
  });
  return app;
}

interface ShownConsent {
  readonly question: ConsentQuestion;
  readonly standing: Standing;
}

interface Center {
  readonly notice: PublishedNotice;
  readonly history: readonly ChainedEntry[];
  readonly consents: readonly ShownConsent[];
}

function centerPage(
  context: ServerContext,
  center: Center | undefined,
): Response | Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  const answered = context.req.query("answered");
  const places = [
    ["cookie", text.cookies, text.cookiesText, "/privacy/cookies"],
    ["shield", text.rights, text.rightsText, "/privacy/requests"],
    ["list", text.notices, text.noticesText, "/privacy"],
    ["message", text.support, text.supportText, "/support"],
    ["receipt", text.proof, text.proofText, "/proof"],
  ] as const satisfies readonly (readonly [IconName, string, string, string])[];
  return renderPage(
    context,
    { title: text.title, description: text.lead, personal: center !== undefined },
    <Page title={text.title} lead={text.lead}>
      <div class="stack-wide">
        {answered !== undefined && isAnswer(answered) ? (
          <Banner tone="good" title={text.saved} announce>
            {answered === "withdrawn" ? text.deleted : undefined}
          </Banner>
        ) : null}
        {context.req.query("notice") === "changed" ? (
          <Banner tone="warn" title={text.newNotice} announce />
        ) : null}
        <section class="stack" id="consents">
          <h2>{text.consents}</h2>
          <p class="soft">{text.consentsLead}</p>
          {center === undefined ? (
            <p>
              {text.signIn} <a href="/sign-in">{text.signInLink}</a>
            </p>
          ) : (
            <div class="cards wide">
              {center.consents.map(({ question, standing }) => (
                <ConsentCard
                  context={context}
                  notice={center.notice}
                  question={question}
                  standing={standing}
                />
              ))}
            </div>
          )}
        </section>
        {center === undefined ? null : (
          <section class="stack" id="history">
            <h2>{text.history}</h2>
            <p class="soft">{text.historyLead}</p>
            <History context={context} history={center.history} />
          </section>
        )}
        <nav class="cards" aria-label={text.title}>
          {places.map(([icon, title, body, href]) => (
            <a class="card" href={href}>
              <Icon name={icon} />
              <h3>{title}</h3>
              <p>{body}</p>
            </a>
          ))}
        </nav>
      </div>
    </Page>,
  );
}

const tones = {
  unasked: "neutral",
  given: "good",
  refused: "neutral",
  withdrawn: "neutral",
  outgrown: "warn",
} as const;

/** One purpose: the question, how it stands, and the answers. Each answer is one button; none is chosen beforehand. */
function ConsentCard({
  context,
  notice,
  question,
  standing,
}: {
  readonly context: ServerContext;
  readonly notice: PublishedNotice;
  readonly question: ConsentQuestion;
  readonly standing: Standing;
}): JSX.Element {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  return (
    <article class="card" id={question.purpose} aria-labelledby={`${question.purpose}-title`}>
      <div class="actions">
        <Chip tone={tones[standing.kind]}>
          {text[standing.kind]}
          {standing.kind === "unasked"
            ? ""
            : ` ${text.since} ${formatTime(standing.entry.atMs, reader)}`}
        </Chip>
        {question.kind === "separate-consent" ? <Chip tone="info">{text.separate}</Chip> : null}
      </div>
      <h3 id={`${question.purpose}-title`}>{question.title[language]}</h3>
      <p>{question.text[language]}</p>
      {question.without[language] === "" ? null : (
        <p class="small">
          {text.without}
          {language === "zh" ? "" : " "}
          {question.without[language]}
        </p>
      )}
      {standing.kind === "outgrown" ? (
        <Banner tone="warn" title={text.outgrown}>
          {text.outgrownText}{" "}
          <a href={`/privacy/archive/${standing.by.id}/changes`}>{text.changed}</a>
        </Banner>
      ) : null}
      <Form context={context} action="/privacy/center/consent" wide>
        <input type="hidden" name="purpose" value={question.purpose} />
        {standing.kind === "given" ? null : <NoticeLine context={context} notice={notice} />}
        <div class="actions equal">
          {standing.kind === "given" ? (
            <Button kind="quiet" name="answer" value="withdrawn">
              {text.withdraw}
            </Button>
          ) : (
            <>
              <Button kind="quiet" name="answer" value="given">
                {text.allow}
              </Button>
              <Button kind="quiet" name="answer" value="refused">
                {text.refuse}
              </Button>
            </>
          )}
        </div>
      </Form>
      {standing.kind === "unasked" ? null : (
        <p class="more">
          <a
            href={`/privacy/center/receipts/${question.purpose}`}
            aria-label={`${text.receipt}: ${question.title[language]}`}
          >
            {text.receipt}
          </a>
        </p>
      )}
    </article>
  );
}

function History({
  context,
  history,
}: {
  readonly context: ServerContext;
  readonly history: readonly ChainedEntry[];
}): JSX.Element {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  if (history.length === 0) return <p>{text.noEntries}</p>;
  return (
    <ol class="thread">
      {history.map((entry) => (
        <li>
          <p>
            <Chip tone={tones[entry.answer]}>{text[entry.answer]}</Chip>{" "}
            <span class="soft small">
              <Moment atMs={entry.atMs} reader={reader} />
            </span>
          </p>
          <p lang={entry.language === "zh" ? "zh-Hans" : "en"}>{entry.question}</p>
          <Facts
            facts={[
              [text.notices, <a href={`/privacy/archive/${entry.noticeId}`}>{entry.noticeId}</a>],
              [`SHA-256 #${entry.number}`, <code class="small">{entry.hash.slice(0, 24)}…</code>],
            ]}
          />
        </li>
      ))}
    </ol>
  );
}

function changesPage(
  context: ServerContext,
  notice: PublishedNotice,
): Response | Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  return renderPage(
    context,
    { title: text.changesTitle, personal: true },
    <Page title={text.changesTitle} lead={text.changesLead}>
      <div class="stack-wide">
        {notice.changes.length === 0 ? null : (
          <ul class="plain-list">
            {notice.changes.map((change) => (
              <li>{change.text[language]}</li>
            ))}
          </ul>
        )}
        <p>
          <a href={`/privacy/archive/${notice.id}`}>{text.readAll}</a>
        </p>
        <Form context={context} action="/privacy/changes">
          <NoticeLine context={context} notice={notice} />
          <Button>{text.goOn}</Button>
        </Form>
      </div>
    </Page>,
  );
}
