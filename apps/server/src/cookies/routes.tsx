import { inventory, purposes, storageKeys } from "@cloud-code/policy";
import { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { ConsentLedger } from "../consent/ledger.ts";
import { serviceQuestions } from "../consent/questions.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields } from "../forms.tsx";
import { NoticeLine, readCollected } from "../notices/gate.tsx";
import type { NoticeStore } from "../notices/store.ts";
import { Banner, Button, Chip, Choices, Form, Page, Table } from "../pages/components.tsx";
import { renderPage, sendsPrivacySignal } from "../pages/layout.tsx";
import { toOwnPath } from "../accounts/guard.ts";
import { formatTime, say } from "../pages/words.ts";
import type { Services } from "../services.ts";
import type { CookieChoice, OptionalCookie } from "./choice.ts";
import { allows, readChoice, writeChoice } from "./choice.ts";

const words = {
  title: { en: "Cookies", zh: "Cookie" },
  lead: {
    en: "Everything this website can keep in your browser, by name. A browser crawl in our tests fails when it finds anything else.",
    zh: "本网站可能在您浏览器中保存的全部内容，逐一列名。测试会用浏览器遍历全站，发现任何其他内容即失败。",
  },
  name: { en: "Name", zh: "名称" },
  what: { en: "What it does", zh: "作用" },
  needed: { en: "Needed?", zh: "是否必要" },
  kept: { en: "Kept", zh: "保存期限" },
  now: { en: "In this browser now", zh: "当前浏览器" },
  necessary: { en: "necessary", zh: "必要" },
  optional: { en: "optional", zh: "可选" },
  notOffered: { en: "not offered here", zh: "本站未启用" },
  set: { en: "set", zh: "已设置" },
  unset: { en: "not set", zh: "未设置" },
  session: { en: "until the browser is closed", zh: "至浏览器关闭" },
  elsewhere: {
    en: "Nothing is kept in local storage, session storage, IndexedDB or a service worker, and nothing is loaded from any other host.",
    zh: "本站不使用 localStorage、sessionStorage、IndexedDB 或 Service Worker，也不从任何其他主机加载内容。",
  },
  choices: { en: "Your choices", zh: "您的选择" },
  onlyNecessary: {
    en: "Only necessary cookies exist here, so there is nothing to choose and no banner.",
    zh: "本站仅有必要 Cookie，因此无需选择，也没有弹出横幅。",
  },
  signal: {
    en: "Your browser sends Global Privacy Control. We treat it as a no to everything optional: opt-out request honoured.",
    zh: "您的浏览器发送了全球隐私控制（GPC）信号。我们视为拒绝一切可选项：已按拒绝处理。",
  },
  signalWon: {
    en: "You answered yes on this site, which is the more particular answer, so it counts. You can take it back below.",
    zh: "您在本站明确表示了同意，该回答更为具体，因此以其为准。您可在下方撤回。",
  },
  noSignal: {
    en: "Your browser does not send Global Privacy Control. If it did, we would treat it as a no.",
    zh: "您的浏览器未发送全球隐私控制（GPC）信号。如发送，我们将视为拒绝。",
  },
  unasked: {
    en: "You have not answered. Everything optional is off.",
    zh: "您尚未回答，所有可选项均处于关闭状态。",
  },
  accepted: { en: "You allowed it", zh: "您已允许" },
  refused: { en: "You did not allow it", zh: "您未允许" },
  allow: { en: "Allow", zh: "允许" },
  refuse: { en: "Do not allow", zh: "不允许" },
  displayTitle: { en: "Light or dark", zh: "浅色或深色" },
  displayLead: {
    en: "Kept in the display cookie that you allowed.",
    zh: "保存在您允许的显示偏好 Cookie 中。",
  },
  system: { en: "As my system is", zh: "跟随系统" },
  light: { en: "Light", zh: "浅色" },
  dark: { en: "Dark", zh: "深色" },
  save: { en: "Save", zh: "保存" },
  counts: {
    en: "We count page views as totals per page and day. No cookie, address or fingerprint is used, and a browser that asks not to be tracked is not counted.",
    zh: "我们按页面和日期统计访问总数，不使用 Cookie、地址或指纹；发送“请勿跟踪”信号的浏览器不计入。",
  },
} as const;

/** The cookie page and the answers to the cookie question. */
export function routes({
  notices,
  ledger,
  config,
  now,
}: Pick<Services, "config" | "now"> & {
  readonly notices: NoticeStore;
  readonly ledger: ConsentLedger;
}): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const offered = config.optionalCookies ?? [];

  app.get("/privacy/cookies", async (context) => {
    const notice = await notices.current("service");
    const choice = readChoice(context, notice?.version ?? 0);
    return renderPage(
      context,
      { title: words.title[context.var.language] },
      <CookiePage
        context={context}
        offered={offered}
        choice={choice}
        noticeLine={notice === undefined ? null : <NoticeLine context={context} notice={notice} />}
      />,
    );
  });

  app.post("/privacy/cookies/choice", async (context) => {
    const form = await readCollected(
      context,
      { notices, product: "service", now },
      z.object({ answer: z.enum(["accept", "refuse"]), to: z.string().optional() }),
    );
    const current = await notices.current("service");
    // A no needs no proof of anything; a yes to a text that is not shown any more is none.
    const answer = form.kind === "valid" ? form.value.answer : form.entered["answer"];
    const to = form.kind === "valid" ? form.value.to : form.entered["to"];
    if (current === undefined || offered.length === 0)
      return context.redirect(toOwnPath(to, "/"), 303);
    const yes = form.kind === "valid" && answer === "accept";
    if (form.kind === "invalid" && answer !== "refuse") {
      return context.redirect("/privacy/cookies#choices", 303);
    }
    const id = writeChoice(context, yes ? offered : [], current.version, now());
    if (!yes) deleteCookie(context, "display", { path: "/", secure: context.var.secure });
    const { language, signedIn } = context.var;
    const pseudonym = signedIn === undefined ? id : await ledger.pseudonymOf(signedIn.userId);
    for (const question of serviceQuestions(undefined, offered)) {
      if (question.purpose !== "remember-display") continue;
      const answered = {
        purpose: question.purpose,
        kind: question.kind,
        question: question.text[language],
        language,
        screen: "/privacy/cookies",
        signal: sendsPrivacySignal(context),
      };
      await ledger.record(
        pseudonym,
        yes
          ? { ...answered, answer: "given", shown: form.shown }
          : { ...answered, answer: "refused" },
      );
    }
    return context.redirect(toOwnPath(to, "/"), 303);
  });

  app.post("/privacy/cookies/display", async (context) => {
    const notice = await notices.current("service");
    const { theme } = await readFields(context);
    const choice = readChoice(context, notice?.version ?? 0);
    if (offered.includes("display") && allows(choice, "display")) {
      if (theme === "light" || theme === "dark") {
        setCookie(context, "display", theme, {
          path: "/",
          secure: context.var.secure,
          sameSite: "Lax",
          httpOnly: true,
          maxAge: storageKeys.display.lifetimeSeconds ?? 0,
        });
      } else {
        deleteCookie(context, "display", { path: "/", secure: context.var.secure });
      }
    }
    return context.redirect("/privacy/cookies#display", 303);
  });
  return app;
}

function CookiePage({
  context,
  offered,
  choice,
  noticeLine,
}: {
  readonly context: ServerContext;
  readonly offered: readonly OptionalCookie[];
  readonly choice: CookieChoice;
  readonly noticeLine: ReturnType<typeof NoticeLine> | null;
}) {
  const { language, page } = context.var;
  const text = say(words, language);
  const present = cookieNames(context);
  const days = (seconds: number | undefined): string =>
    seconds === undefined
      ? text.session
      : language === "zh"
        ? `${seconds / 86_400} 天`
        : `${seconds / 86_400} days`;
  return (
    <Page title={text.title} lead={text.lead}>
      <div class="stack-wide">
        <Table
          caption={text.elsewhere}
          columns={[text.name, text.what, text.needed, text.kept, text.now]}
          rows={Object.entries(storageKeys).map(([name, key]) => {
            const item = inventory[key.item];
            const hidden = !key.necessary && !offered.some((optional) => optional === name);
            return [
              <code>{name}</code>,
              `${item.title[language]}${language === "zh" ? "：" : ". "}${item.detail?.[language] ?? ""}`,
              key.necessary ? text.necessary : hidden ? text.notOffered : text.optional,
              days(key.lifetimeSeconds),
              present.has(name) ? <Chip tone="info">{text.set}</Chip> : <Chip>{text.unset}</Chip>,
            ];
          })}
        />
        <section class="stack" id="choices">
          <h2>{text.choices}</h2>
          {sendsPrivacySignal(context) ? (
            <Banner tone="good" title={text.signal}>
              {choice.kind === "answered" && choice.accepted.length > 0
                ? text.signalWon
                : undefined}
            </Banner>
          ) : (
            <p class="soft">{text.noSignal}</p>
          )}
          {offered.length === 0 ? (
            <p>{text.onlyNecessary}</p>
          ) : (
            <div class="card">
              <h3>{purposes["remember-display"].title[language]}</h3>
              <p>
                {choice.kind !== "answered"
                  ? text.unasked
                  : `${allows(choice, "display") ? text.accepted : text.refused}${language === "zh" ? "：" : ", "}${formatTime(choice.atMs, context.var)}`}
              </p>
              <Form context={context} action="/privacy/cookies/choice" wide>
                <input type="hidden" name="to" value="/privacy/cookies#choices" />
                {noticeLine}
                <div class="actions equal">
                  <Button kind="quiet" name="answer" value="accept">
                    {text.allow}
                  </Button>
                  <Button kind="quiet" name="answer" value="refuse">
                    {text.refuse}
                  </Button>
                </div>
              </Form>
            </div>
          )}
        </section>
        {allows(choice, "display") && offered.includes("display") ? (
          <section class="stack" id="display">
            <h2>{text.displayTitle}</h2>
            <Form context={context} action="/privacy/cookies/display">
              <Choices
                name="theme"
                legend={text.displayLead}
                value={page?.theme ?? "system"}
                options={[
                  { value: "system", label: text.system },
                  { value: "light", label: text.light },
                  { value: "dark", label: text.dark },
                ]}
              />
              <Button>{text.save}</Button>
            </Form>
          </section>
        ) : null}
        <p class="soft">{text.counts}</p>
      </div>
    </Page>
  );
}

/** The names of the cookies the browser sent, without the prefix that HTTPS brings. */
function cookieNames(context: ServerContext): ReadonlySet<string> {
  const header = context.req.header("Cookie") ?? "";
  return new Set(
    header
      .split(";")
      .map((pair) => (pair.split("=")[0] ?? "").trim().replace(/^__(Host|Secure)-/, "")),
  );
}
