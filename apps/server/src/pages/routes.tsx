import { languageTag, languages, products, storageKeys } from "@cloud-code/policy";
import type { Language } from "@cloud-code/policy";
import { sql } from "drizzle-orm";
import type { MiddlewareHandler } from "hono";
import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { routePath } from "hono/route";
import { toOwnPath } from "../accounts/guard.ts";
import { allows, readChoice } from "../cookies/choice.ts";
import { CookieQuestion } from "../cookies/question.tsx";
import type { ServerContext, ServerEnv } from "../environment.ts";
import type { Services } from "../services.ts";
import { readAsset } from "./assets.ts";
import { downloadPage } from "./download.tsx";
import { homePage } from "./home.tsx";
import { logo } from "./icons.tsx";
import type { PageState } from "./layout.tsx";
import { sendsPrivacySignal } from "./layout.tsx";
import { notFoundPage } from "./problems.tsx";
import { proofPage } from "./proof.tsx";
import type { Health } from "./status.tsx";
import { statusPage } from "./status.tsx";
import type { VisitCounter } from "./visits.ts";

/** The pages everybody may read, in the order of the site map. */
const publicPages = [
  "/",
  "/download",
  "/download/gateway",
  "/download/dify",
  "/proof",
  "/privacy",
  "/privacy/assistant",
  "/privacy/gateway",
  "/privacy/cookies",
  "/privacy/processors",
  "/privacy/archive",
  "/privacy/center",
  "/support",
  "/statistics",
  "/status",
] as const;

/**
 * Puts what every page shows into the context: announced changes, the colour scheme a visitor allowed us to remember, and the cookie
 * question while it is open; afterwards counts the page. Mount it before every route that renders a page.
 */
export function pageState({
  notices,
  config,
  visits,
}: Pick<Services, "notices" | "config"> & {
  readonly visits: VisitCounter;
}): MiddlewareHandler<ServerEnv> {
  const offered = config.optionalCookies ?? [];
  return async (context, next) => {
    if (!context.req.path.startsWith("/assets/")) context.set("page", await read(context));
    await next();
    if (isCounted(context)) visits.count(routePath(context, -1));
  };

  async function read(context: ServerContext): Promise<PageState> {
    const { language } = context.var;
    const upcoming = await notices.upcoming();
    const announcements = upcoming.map((notice) => ({
      title: notice.texts[language].title,
      href: `/privacy/archive/${notice.id}/changes`,
      effectiveMs: notice.effectiveMs,
    }));
    if (offered.length === 0) return { announcements, theme: undefined, cookieQuestion: undefined };
    const notice = await notices.current("service");
    const choice = readChoice(context, notice?.version ?? 0);
    // The page of the choices asks by itself, and a question above a form about the same would be one too many.
    const asks =
      notice !== undefined &&
      choice.kind === "unasked" &&
      context.req.method === "GET" &&
      context.req.path !== "/privacy/cookies";
    return {
      announcements,
      theme: allows(choice, "display") ? readTheme(context) : undefined,
      cookieQuestion: asks ? (
        <CookieQuestion context={context} notice={notice} revision={notice.version} />
      ) : undefined,
    };
  }
}

function readTheme(context: ServerContext): PageState["theme"] {
  const theme = getCookie(context, "display");
  return theme === "light" || theme === "dark" ? theme : undefined;
}

/** The pages around everything else, and the files beside them. */
export function routes({
  config,
  database,
  now,
  visits,
  lateAnswers,
}: Pick<Services, "config" | "database" | "now"> & {
  readonly visits: VisitCounter;
  readonly lateAnswers: () => Promise<number>;
}): Hono<ServerEnv> {
  const startedMs = now();
  const app = new Hono<ServerEnv>();

  app.get("/", homePage);
  app.get("/proof", proofPage);
  app.get("/download", (context) => downloadPage(context, "editors"));
  app.get("/download/gateway", (context) => downloadPage(context, "gateway"));
  app.get("/download/dify", (context) => downloadPage(context, "dify"));
  app.get("/status", async (context) => statusPage(context, await readHealth()));

  app.get("/language/:language", (context) => {
    const picked = languages.find((language) => language === context.req.param("language"));
    if (picked === undefined) return notFoundPage(context);
    rememberLanguage(context, picked);
    return context.redirect(toOwnPath(context.req.query("to"), "/"), 303);
  });

  app.get("/assets/*", (context) => {
    const asset = readAsset(context.req.path.slice("/assets/".length));
    if (asset === undefined) return context.notFound();
    const versioned = context.req.query("v") === asset.hash;
    return context.body(asset.bytes, 200, {
      "Content-Type": asset.contentType,
      "Cache-Control": versioned ? "public, max-age=31536000, immutable" : "public, max-age=3600",
      ETag: `"${asset.hash}"`,
    });
  });
  app.get("/favicon.svg", (context) =>
    context.body(logo, 200, {
      "Content-Type": "image/svg+xml",
      "Cache-Control": "public, max-age=86400",
    }),
  );
  // Browsers ask for this name whatever the page says.
  app.get("/favicon.ico", (context) => context.redirect("/favicon.svg", 308));

  app.get("/robots.txt", (context) =>
    context.text(
      `User-agent: *\nDisallow: /account\nDisallow: /support/\nDisallow: /language/\nSitemap: ${config.origin}/sitemap.xml\n`,
    ),
  );
  app.get("/sitemap.xml", (context) =>
    context.body(siteMap(config.origin), 200, { "Content-Type": "application/xml; charset=utf-8" }),
  );
  app.get("/.well-known/security.txt", (context) =>
    context.text(securityText(config.origin, now())),
  );
  // https://www.w3.org/TR/gpc/#gpc-support-resource
  app.get("/.well-known/gpc.json", (context) =>
    context.json({ gpc: true, lastUpdate: products.service.notice.lastUpdated }),
  );
  return app;

  async function readHealth(): Promise<Health> {
    const startMs = performance.now();
    try {
      await database.orm.execute(sql`SELECT 1`);
      const databaseMs = performance.now() - startMs;
      const [late, views] = await Promise.all([lateAnswers(), visits.lastDays(7)]);
      const known = { startedMs, nowMs: now(), database: database.kind };
      return { ...known, databaseMs, lateAnswers: late, views };
    } catch {
      // That it does not answer is the answer; why is for the operator's log, which the failing pages write.
      const known = { startedMs, nowMs: now(), database: database.kind };
      return { ...known, databaseMs: undefined, lateAnswers: 0, views: [] };
    }
  }
}

/** Keeps the language a visitor picked. */
function rememberLanguage(context: ServerContext, language: Language): void {
  const { secure } = context.var;
  setCookie(context, secure ? "__Host-language" : "language", language, {
    path: "/",
    secure,
    httpOnly: true,
    sameSite: "Lax",
    maxAge: storageKeys.language.lifetimeSeconds ?? 0,
  });
}

/** Pages that were read, by people who do not ask otherwise. */
function isCounted(context: ServerContext): boolean {
  return (
    context.req.method === "GET" &&
    context.res.status === 200 &&
    (context.res.headers.get("Content-Type") ?? "").startsWith("text/html") &&
    context.req.header("DNT") !== "1" &&
    !sendsPrivacySignal(context)
  );
}

function siteMap(origin: string): string {
  const urls = publicPages.map((path) => `  <url><loc>${origin}${path}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join("\n")}\n</urlset>\n`;
}

/** RFC 9116. It expires by itself, so a forgotten installation does not promise an answer for ever. */
function securityText(origin: string, nowMs: number): string {
  const expires = new Date(nowMs + 180 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
  return [
    `Contact: ${origin}/support?about=security`,
    `Expires: ${expires}`,
    `Preferred-Languages: ${languages.map((language) => languageTag[language]).join(", ")}`,
    `Canonical: ${origin}/.well-known/security.txt`,
    `Policy: ${origin}/privacy#protection`,
    "",
  ].join("\n");
}
