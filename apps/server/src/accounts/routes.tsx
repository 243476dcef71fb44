/** The ways into an account: opening one, confirming the address, signing in and out, choosing a new password. */
import { Hono } from "hono";
import { z } from "zod";
import { ConsentLedger } from "../consent/ledger.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import { readCollected } from "../notices/gate.tsx";
import { limitedPage } from "../refusals.tsx";
import type { Services } from "../services.ts";
import { routes as accountRoutes } from "./account.tsx";
import {
  confirmPage,
  donePage,
  resetChoosePage,
  resetPage,
  secondFactorPage,
  signInPage,
  signUpPage,
  tooYoungPage,
} from "./entry.tsx";
import { fields, present, readOptionalBoxes, toCompany } from "./fields.ts";
import { toBrowser, toOwnPath } from "./guard.ts";
import { takeTry } from "./limits.ts";
import { routes as organizationRoutes } from "./organizations/routes.tsx";
import { routes as passkeyRoutes } from "./passkeyroutes.ts";
import type { Cookies } from "./port.ts";
import { routes as securityRoutes } from "./security.tsx";

type Parts = Pick<
  Services,
  "accounts" | "limits" | "notices" | "now" | "database" | "mail" | "config"
>;

/** The pages of accounts. */
export function routes(services: Parts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  signUp(app, services);
  confirm(app, services);
  signIn(app, services);
  reset(app, services);
  const ledger = new ConsentLedger(services, services.notices);
  app.route("/", accountRoutes({ ...services, ledger }));
  app.route("/", securityRoutes(services));
  app.route("/", passkeyRoutes(services));
  app.route("/", organizationRoutes(services));
  return app;
}

function signUp(app: Hono<ServerEnv>, { accounts, limits, notices, now }: Parts): void {
  app.get("/sign-up", async (context) => {
    if (context.var.signedIn !== undefined) return context.redirect("/account", 303);
    return signUpPage(context, await notices.current("service"));
  });
  app.post("/sign-up", async (context) => {
    const own = fields(context.var.language);
    const form = await readCollected(
      context,
      { notices, product: "service", now },
      z.object({
        username: own.username,
        email: own.email,
        password: own.newPassword,
        age: own.age,
        phone: own.phone,
        companyName: own.companyName,
        companyRegion: own.companyRegion,
        companyWebsite: own.companyWebsite,
        companyContact: own.companyContact,
        ...own.boxes,
      }),
    );
    const notice = await notices.current("service");
    if (form.kind === "invalid") return signUpPage(context, notice, form);
    const { value } = form;
    // The answer itself is not stored for someone who stays outside, nor is anything else they entered.
    if (value.age === "no") return tooYoungPage(context);
    const boxes = readOptionalBoxes(context, value);
    if (boxes.kind === "missing") {
      return signUpPage(context, notice, { problems: boxes.problems, entered: present(value) });
    }
    const waitMs = takeTry(limits, context, "sign-up", value.email);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const outcome = await accounts.signUp(
      {
        username: value.username,
        email: value.email,
        password: value.password,
        language: context.var.language,
        phone: value.phone,
        company: toCompany(value),
        allowed: boxes.answers,
      },
      form.shown,
      toBrowser(context),
    );
    if (outcome.kind === "done") return donePage(context, "signed-up");
    return signUpPage(context, notice, { refused: outcome.because, entered: present(value) });
  });
}

function confirm(app: Hono<ServerEnv>, { accounts }: Parts): void {
  // Programs that look into letters open links; only a person presses a button.
  app.get("/confirm", async (context) => confirmPage(context, "/confirm"));
  app.get("/confirm/new", async (context) => confirmPage(context, "/confirm/new"));
  app.post("/confirm", async (context) => {
    const outcome = await accounts.confirmEmail(await readToken(context));
    return donePage(context, outcome.kind === "done" ? "confirmed" : "link-expired");
  });
  app.post("/confirm/new", async (context) => {
    const outcome = await accounts.confirmEmailChange(await readToken(context));
    return donePage(context, outcome.kind === "done" ? "email-changed" : "link-expired");
  });
}

function signIn(app: Hono<ServerEnv>, { accounts, limits }: Parts): void {
  app.get("/sign-in", async (context) => {
    if (context.var.signedIn !== undefined) return context.redirect("/account", 303);
    return signInPage(context, { to: context.req.query("to") });
  });
  app.post("/sign-in", async (context) => {
    const own = fields(context.var.language);
    const form = await readForm(
      context,
      z.object({ identifier: own.identifier, password: own.password, to: z.string().optional() }),
    );
    if (form.kind === "invalid") {
      return signInPage(context, { ...form, to: form.entered["to"] });
    }
    const { identifier, password, to } = form.value;
    const waitMs = takeTry(limits, context, "sign-in", identifier);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const outcome = await accounts.signIn(identifier, password, toBrowser(context));
    if (outcome.kind === "refused") {
      return signInPage(context, { refused: outcome.because, entered: { identifier }, to });
    }
    setCookies(context, outcome.cookies);
    const target = toOwnPath(to, "/account");
    return context.redirect(
      outcome.kind === "signed-in" ? target : `/sign-in/code?to=${encodeURIComponent(target)}`,
      303,
    );
  });
  app.get("/sign-in/code", async (context) =>
    secondFactorPage(context, { to: context.req.query("to") }),
  );
  app.post("/sign-in/code", async (context) => {
    const own = fields(context.var.language);
    const form = await readForm(context, z.object({ code: own.code, to: z.string().optional() }));
    if (form.kind === "invalid") {
      return secondFactorPage(context, { ...form, to: form.entered["to"] });
    }
    const waitMs = takeTry(limits, context, "code", context.var.address);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const { code, to } = form.value;
    const outcome = await accounts.proveSecondFactor(code, toBrowser(context));
    if (outcome.kind === "refused") {
      return secondFactorPage(context, { refused: outcome.because, to });
    }
    setCookies(context, outcome.cookies);
    return context.redirect(toOwnPath(to, "/account"), 303);
  });
  app.post("/sign-out", async (context) => {
    setCookies(context, await accounts.signOut(toBrowser(context)));
    // What pages of the account left in the browser goes, too (ASVS 14.3.1).
    context.header("Clear-Site-Data", '"cache", "storage"');
    return context.redirect("/", 303);
  });
}

function reset(app: Hono<ServerEnv>, { accounts, limits }: Parts): void {
  app.get("/reset", async (context) => resetPage(context));
  app.post("/reset", async (context) => {
    const form = await readForm(context, z.object({ email: fields(context.var.language).email }));
    if (form.kind === "invalid") return resetPage(context, form);
    const waitMs = takeTry(limits, context, "reset", form.value.email);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    accounts.requestReset(form.value.email);
    return donePage(context, "reset-sent");
  });
  app.get("/reset/choose", async (context) =>
    resetChoosePage(context, { token: context.req.query("token") ?? "" }),
  );
  app.post("/reset/choose", async (context) => {
    const own = fields(context.var.language);
    const form = await readForm(
      context,
      z.object({ token: z.string().max(200), password: own.newPassword }),
    );
    if (form.kind === "invalid") {
      return resetChoosePage(context, { ...form, token: form.entered["token"] ?? "" });
    }
    const waitMs = takeTry(limits, context, "code", context.var.address);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const { token, password } = form.value;
    const outcome = await accounts.resetPassword(token, password);
    if (outcome.kind === "done") return donePage(context, "password-chosen");
    return outcome.because === "password-too-common"
      ? resetChoosePage(context, { token, refused: outcome.because })
      : donePage(context, "link-expired");
  });
}

/** Hands the accounts' cookies to the browser as they are. */
function setCookies(context: ServerContext, cookies: Cookies): void {
  for (const cookie of cookies) context.header("Set-Cookie", cookie, { append: true });
}

async function readToken(context: ServerContext): Promise<string> {
  const form = await readForm(context, z.object({ token: z.string().max(2000) }));
  return form.kind === "valid" ? form.value.token : "";
}
