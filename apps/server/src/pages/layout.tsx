import { languageTag } from "@cloud-code/policy";
import type { Language } from "@cloud-code/policy";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerContext } from "../environment.ts";
import { assetPath } from "./assets.ts";
import { Day } from "./components.tsx";
import { Logo } from "./icons.tsx";
import { say } from "./words.ts";

/** What a page says about itself. */
export interface PageHead {
  readonly title: string;
  /** One sentence for search engines and previews. */
  readonly description?: string;
  /** HTTP status; 200 unless told. */
  readonly status?: 200 | 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 500 | 503;
  /** Keeps the page out of search engines and caches: it shows something of one person. */
  readonly personal?: boolean;
  /** Names of bundled scripts under `src/pages/scripts`; a page works without them. */
  readonly scripts?: readonly string[];
}

const words = {
  skip: { en: "Skip to the content", zh: "跳到正文" },
  menu: { en: "Menu", zh: "菜单" },
  main: { en: "Main", zh: "主导航" },
  more: { en: "More pages", zh: "更多页面" },
  setUp: { en: "Set up", zh: "安装" },
  privacy: { en: "Privacy", zh: "隐私" },
  proof: { en: "Proof", zh: "承诺与证明" },
  support: { en: "Support", zh: "支持" },
  account: { en: "Account", zh: "账户" },
  signIn: { en: "Sign in", zh: "登录" },
  signUp: { en: "Create account", zh: "注册账户" },
  tagline: {
    en: "An AI coding assistant whose privacy policy is executable.",
    zh: "隐私政策可以执行的 AI 编程助手。",
  },
  product: { en: "Product", zh: "产品" },
  overview: { en: "Overview", zh: "概览" },
  status: { en: "Status", zh: "运行状态" },
  statistics: { en: "Usage statistics", zh: "使用统计" },
  policy: { en: "Privacy policy", zh: "隐私政策" },
  assistantNotice: { en: "Assistant notice", zh: "编程助手声明" },
  gatewayNotice: { en: "Gateway notice", zh: "网关声明" },
  cookies: { en: "Cookies", zh: "Cookie" },
  processors: { en: "Sub-processors", zh: "受托处理方" },
  archive: { en: "Earlier versions", zh: "历史版本" },
  choices: { en: "Your privacy choices", zh: "您的隐私选择" },
  help: { en: "Help", zh: "帮助" },
  contact: { en: "Contact and questions", zh: "联系与咨询" },
  center: { en: "Privacy center", zh: "隐私中心" },
  security: { en: "Report a weakness", zh: "报告安全问题" },
  signal: {
    en: "Your browser sends Global Privacy Control: opt-out request honoured.",
    zh: "您的浏览器发送了全球隐私控制（GPC）信号：已按拒绝处理。",
  },
  licence: { en: "Free software, Apache 2.0", zh: "自由软件，Apache 2.0 许可" },
  announced: { en: "A change of our notices is coming.", zh: "我们的声明即将变更。" },
  from: { en: "from", zh: "生效日期" },
} as const;

/** Answers with a whole page: header, content, footer. */
export function renderPage(
  context: ServerContext,
  head: PageHead,
  content: Child,
): Response | Promise<Response> {
  const { language, page } = context.var;
  const nonce = context.get("secureHeadersNonce");
  if (head.personal === true) context.header("Cache-Control", "no-store");
  context.header("Content-Language", languageTag[language]);
  context.header("Vary", "Accept-Language, Cookie, Sec-GPC");
  const scripts = [
    ...(head.scripts ?? []),
    ...(page?.cookieQuestion === undefined ? [] : ["cookies"]),
  ];
  const whole = (
    <html lang={languageTag[language]} data-theme={page?.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={page?.theme ?? "light dark"} />
        <title>{head.title === "Cloud Code" ? head.title : `${head.title} · Cloud Code`}</title>
        {head.description === undefined ? null : (
          <meta name="description" content={head.description} />
        )}
        {head.personal === true ? <meta name="robots" content="noindex" /> : null}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="preload" href="/assets/inter.woff2" as="font" type="font/woff2" crossorigin="" />
        <link rel="stylesheet" href={assetPath("style.css")} />
        {scripts.includes("cookies") ? (
          <link rel="stylesheet" href={assetPath("scripts/cookies.css")} />
        ) : null}
        {scripts.map((name) => (
          <script type="module" src={assetPath(`scripts/${name}.js`)} nonce={nonce}></script>
        ))}
      </head>
      <body>
        <a class="skip" href="#content">
          {words.skip[language]}
        </a>
        <Header context={context} />
        <Announcements context={context} />
        <main id="content" tabindex={-1}>
          {content}
        </main>
        <Footer context={context} />
        {page?.cookieQuestion}
      </body>
    </html>
  );
  // Without the first line browsers lay a page out by the rules of the nineties.
  return context.html(html`<!doctype html>${whole}`, head.status ?? 200);
}

/** The address that switches the language and comes back to the page. */
function languageHref(context: ServerContext, language: Language): string {
  const { pathname, search } = new URL(context.req.url);
  return `/language/${language}?to=${encodeURIComponent(pathname + search)}`;
}

function Header({ context }: { readonly context: ServerContext }): JSX.Element {
  const text = say(words, context.var.language);
  return (
    <header class="top">
      <div class="wrap">
        <a class="brand" href="/">
          <Logo /> Cloud Code
        </a>
        <nav class="wide" aria-label={text.main}>
          <HeaderLinks context={context} />
        </nav>
        <details class="menu">
          <summary aria-label={text.menu}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 7h16M4 12h16M4 17h16" />
            </svg>
          </summary>
          <nav aria-label={text.menu}>
            <HeaderLinks context={context} />
          </nav>
        </details>
      </div>
    </header>
  );
}

function HeaderLinks({ context }: { readonly context: ServerContext }): JSX.Element {
  const { language, signedIn } = context.var;
  const text = say(words, language);
  const path = new URL(context.req.url).pathname;
  const places = [
    ["/download", text.setUp],
    ["/privacy/center", text.privacy],
    ["/proof", text.proof],
    ["/support", text.support],
  ] as const;
  return (
    <ul class="links">
      {places.map(([href, label]) => (
        <li>
          <a href={href} aria-current={path === href ? "page" : undefined}>
            {label}
          </a>
        </li>
      ))}
      <li class="push">
        <LanguageLink context={context} />
      </li>
      {signedIn === undefined ? (
        <>
          <li>
            <a href="/sign-in">{text.signIn}</a>
          </li>
          <li>
            <a class="button" href="/sign-up">
              {text.signUp}
            </a>
          </li>
        </>
      ) : (
        <li>
          <a class="button" href="/account">
            {text.account}
          </a>
        </li>
      )}
    </ul>
  );
}

function LanguageLink({ context }: { readonly context: ServerContext }): JSX.Element {
  const other = context.var.language === "en" ? "zh" : "en";
  return (
    <a href={languageHref(context, other)} lang={languageTag[other]} hreflang={languageTag[other]}>
      {other === "zh" ? "简体中文" : "English"}
    </a>
  );
}

function Announcements({ context }: { readonly context: ServerContext }): JSX.Element | null {
  const { language, page } = context.var;
  if (page === undefined || page.announcements.length === 0) return null;
  return (
    <div class="announcement" role="region" aria-label={words.announced[language]}>
      <div class="wrap">
        <strong>{words.announced[language]}</strong>{" "}
        {page.announcements.map(({ title, href, effectiveMs }, index) => (
          <>
            {index === 0 ? "" : " · "}
            <a href={href}>{title}</a>
            {language === "zh" ? "，" : ", "}
            {words.from[language]} <Day atMs={effectiveMs} reader={context.var} />
          </>
        ))}
      </div>
    </div>
  );
}

function Footer({ context }: { readonly context: ServerContext }): JSX.Element {
  const text = say(words, context.var.language);
  const columns = [
    {
      title: text.product,
      links: [
        ["/", text.overview],
        ["/download", text.setUp],
        ["/proof", text.proof],
        ["/statistics", text.statistics],
        ["/status", text.status],
      ],
    },
    {
      title: text.privacy,
      links: [
        ["/privacy", text.policy],
        ["/privacy/assistant", text.assistantNotice],
        ["/privacy/gateway", text.gatewayNotice],
        ["/privacy/cookies", text.cookies],
        ["/privacy/processors", text.processors],
        ["/privacy/archive", text.archive],
      ],
    },
    {
      title: text.help,
      links: [
        ["/privacy/center", text.center],
        ["/support", text.contact],
        ["/.well-known/security.txt", text.security],
      ],
    },
  ] as const;
  return (
    <footer class="foot">
      <div class="wrap">
        <div class="foot-columns">
          <div class="stack">
            <a class="brand" href="/">
              <Logo /> Cloud Code
            </a>
            <p class="soft">{text.tagline}</p>
            <p>
              <a href="/privacy/cookies#choices">{text.choices}</a>
            </p>
          </div>
          {columns.map(({ title, links }) => (
            <nav aria-label={title}>
              <h2>{title}</h2>
              <ul>
                {links.map(([href, label]) => (
                  <li>
                    <a href={href}>{label}</a>
                  </li>
                ))}
              </ul>
            </nav>
          ))}
        </div>
        <div class="foot-end">
          <span>{text.licence}</span>
          {sendsPrivacySignal(context) ? <span class="chip good">{text.signal}</span> : null}
          <LanguageLink context={context} />
        </div>
      </div>
    </footer>
  );
}

/** Whether the browser sent Global Privacy Control with this request (https://www.w3.org/TR/gpc/). */
export function sendsPrivacySignal(context: ServerContext): boolean {
  return context.req.header("Sec-GPC") === "1";
}
