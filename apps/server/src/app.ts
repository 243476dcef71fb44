/** The whole website and API as one Hono application. */
import { createHmac } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { clockPlace, type Language, languages } from "@cloud-code/policy";
import { reportPath } from "@cloud-code/telemetry";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { routePath } from "hono/route";
import { toBrowser } from "./accounts/guard.ts";
import { passkeyEndpoints } from "./accounts/passkeyroutes.ts";
import { routes as accounts } from "./accounts/routes.tsx";
import { routes as api } from "./api/routes.ts";
import type { ServerContext, ServerEnv } from "./environment.ts";
import { hasFormToken } from "./forms.tsx";
import { describeError } from "./log.ts";
import { requireCurrentNotice } from "./notices/gate.tsx";
import { failedPage, notFoundPage } from "./pages/problems.tsx";
import { limitedPage, staleFormPage, tooLargePage } from "./refusals.tsx";
import type { Services } from "./services.ts";
import { incidentRoutes } from "./console/incidents.tsx";
import { leftoverRoutes } from "./console/leftovers.tsx";
import { processorRoutes } from "./console/processors.tsx";
import { holdRoutes } from "./console/holds.tsx";
import { registerRoutes } from "./console/registers.tsx";
import { requestRoutes } from "./console/requests.tsx";
import { transferRoutes } from "./console/transfers.tsx";
import { webhookRoutes } from "./console/webhooks.tsx";
import type { Rights } from "./requests/rights.ts";
import { requestApi, requestEndpoints, requestWebhooks } from "./requests/api.ts";
import { routes as rightsRoutes } from "./requests/routes.tsx";
import { receiveReports } from "./telemetry/receive.ts";
import { createWebsite } from "./website.ts";

/** The most a request may carry, bytes. */
const MAX_BODY_BYTES = 256 * 1024;
/** Forms per address: far more than a person sends, far fewer than a program that guesses. */
const FORMS = { max: 120, windowMs: 60_000 };

/** Usage reports per address: a company's whole staff may share one. */
const REPORTS = { max: 600, windowMs: 60_000 };

/** Builds the application from its parts. */
export function createApp(services: Services, rights: Rights): Hono<ServerEnv> {
  const { config, log, limits } = services;
  const secure = config.origin.startsWith("https:");
  const { timeZone } = clockPlace(config.operator);
  const formKey = createHmac("sha256", config.secret).update("forms").digest("base64url");

  const app = new Hono<ServerEnv>();
  app.use(headers(secure));
  app.use(async (context, next) => {
    const startMs = performance.now();
    context.set("secure", secure);
    context.set("formKey", formKey);
    context.set("address", clientAddress(context, config.trustedProxies));
    context.set("language", preferredLanguage(context, secure));
    context.set("timeZone", timeZone);
    await next();
    log.write({
      event: "answered",
      method: context.req.method,
      route: routePath(context, -1),
      status: context.res.status,
      durationMs: Math.round(performance.now() - startMs),
    });
  });
  app.use(
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: async (context) => tooLargePage(context) }),
  );
  const receive = receiveReports(services);
  app.post(reportPath, async (context) => {
    const taken = limits.take(REPORTS, "reports", context.var.address);
    if (taken.kind === "limited") return limitedPage(context, taken.retryAfterMs);
    // Programs send reports; a page of somebody else that does wants to make them up.
    if (isForeign(context, config.origin)) return context.body(null, 403);
    return receive(context.req.raw);
  });
  app.use(async (context, next) => {
    if (isReading(context.req.method)) return next();
    const taken = limits.take(FORMS, "forms", context.var.address);
    if (taken.kind === "limited") return limitedPage(context, taken.retryAfterMs);
    if (!(await isOwnRequest(context, config.origin))) return staleFormPage(context);
    return next();
  });
  app.use(async (context, next) => {
    const { signedIn, cookies } = await services.accounts.resolve(toBrowser(context));
    context.set("signedIn", signedIn);
    if (signedIn !== undefined && pickedLanguage(context, secure) === undefined) {
      context.set("language", signedIn.language);
    }
    await next();
    // A handler that changed the session has set its own.
    if (!context.res.headers.getSetCookie().some((cookie) => /^(__Host-)?session=/.test(cookie))) {
      for (const cookie of cookies) context.header("Set-Cookie", cookie, { append: true });
    }
  });

  const website = createWebsite(services);
  app.use(website.around);
  app.use("/account/*", requireCurrentNotice(services));

  app.route("/", rightsRoutes({ ...services, rights }));
  app.route("/", leftoverRoutes({ rights }));
  app.route("/", requestRoutes({ ...services, rights }));
  app.route("/", incidentRoutes({ ...services, rights }));
  app.route("/", transferRoutes({ ...services, rights }));
  app.route("/", webhookRoutes({ rights }));
  app.route("/", processorRoutes({ ...services, rights }));
  app.route("/", holdRoutes({ ...services, rights }));
  app.route("/", registerRoutes({ ...services, rights }));
  app.route("/", accounts(services));
  app.route("/", website.pages);
  app.route("/", requestApi({ ...services, rights }));
  app.route("/", api(services, [...passkeyEndpoints, ...requestEndpoints], requestWebhooks));

  app.notFound((context) =>
    context.req.path.startsWith("/api/")
      ? context.json({ error: "unknown" }, 404)
      : notFoundPage(context),
  );
  app.onError(async (error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    log.write({ event: "failed", route: routePath(context, -1), ...describeError(error) });
    if (context.req.path.startsWith("/api/")) return context.json({ error: "failed" }, 500);
    return failedPage(context);
  });
  return app;
}

function headers(secure: boolean) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      styleSrc: ["'self'"],
      scriptSrc: [NONCE, "'strict-dynamic'"],
      requireTrustedTypesFor: ["'script'"],
    },
    // "no-referrer" would make browsers send `Origin: null` with our own forms.
    referrerPolicy: "same-origin",
    strictTransportSecurity: secure ? "max-age=31536000; includeSubDomains" : false,
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], browsingTopics: [] },
  });
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/**
 * Whether a request that changes something comes from our own pages, or from a program that is no browser. Browsers say where a
 * request comes from; a form also carries a token, for those that do not. The API takes JSON, which no
 * foreign form can send.
 */
async function isOwnRequest(context: ServerContext, origin: string): Promise<boolean> {
  if (isForeign(context, origin)) return false;
  if (context.req.path.startsWith("/api/")) {
    return /^application\/json\b/.test(context.req.header("content-type") ?? "");
  }
  return hasFormToken(context);
}

/** Whether a browser says that the request comes from another site. */
function isForeign(context: ServerContext, origin: string): boolean {
  const claimed = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  return (
    (claimed !== undefined && claimed !== origin) ||
    (site !== undefined && site !== "same-origin" && site !== "none")
  );
}

/**
 * The client's address. Each proxy appends the address it was called from, so with n proxies of our own the n-th entry from the right
 * is the last one that was not written by the client.
 */
function clientAddress(context: ServerContext, trustedProxies: number): string {
  const bindings = context.env as Partial<HttpBindings> | undefined;
  const socket = bindings?.incoming?.socket.remoteAddress ?? "unknown";
  if (trustedProxies === 0) return socket;
  const hops = (context.req.header("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  return hops.at(-trustedProxies) || socket;
}

/** The language cookie's name. */
function languageCookie(secure: boolean): string {
  return secure ? "__Host-language" : "language";
}

function pickedLanguage(context: ServerContext, secure: boolean): Language | undefined {
  const picked = getCookie(context, languageCookie(secure));
  return languages.find((language) => language === picked);
}

/** What the person picked, else the first of the browser's languages that we speak. */
function preferredLanguage(context: ServerContext, secure: boolean): Language {
  const picked = pickedLanguage(context, secure);
  if (picked !== undefined) return picked;
  const wanted = (context.req.header("accept-language") ?? "")
    .split(",")
    .slice(0, 20)
    .map((part) => {
      const [tag = "", quality] = part.trim().split(";q=");
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    const language = languages.find((each) => tag === each || tag.startsWith(`${each}-`));
    if (language !== undefined) return language;
  }
  return "en";
}
