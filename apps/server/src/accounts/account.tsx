/** A person's own account: profile, sessions, and being asked for the password again. */
import { Hono } from "hono";
import { z } from "zod";
import type { PurposeKey } from "@cloud-code/policy";
import type { ConsentLedger } from "../consent/ledger.ts";
import { NoticeLine, readCollected } from "../notices/gate.tsx";
import type { PublishedNotice } from "../notices/store.ts";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readForm } from "../forms.tsx";
import {
  ActionButton,
  Banner,
  Button,
  Day,
  Facts,
  Field,
  Form,
  Moment,
  Page,
  pageTitle,
  Select,
  Table,
  Tabs,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { say } from "../pages/words.ts";
import { limitedPage } from "../refusals.tsx";
import type { Services } from "../services.ts";
import { type Again, OptionalFields, RefusalBanner } from "./entry.tsx";
import { fields, optionalPurposes, present, readOptionalBoxes, toCompany } from "./fields.ts";
import { requireSignedIn, toBrowser, toOwnPath } from "./guard.ts";
import { takeTry } from "./limits.ts";
import type { Profile, SessionLine } from "./port.ts";

type Parts = Pick<Services, "accounts" | "limits" | "notices" | "now"> & {
  readonly ledger: ConsentLedger;
};

const words = {
  account: { en: "Your account", zh: "我的账户" },
  profile: { en: "Profile", zh: "资料" },
  security: { en: "Security", zh: "安全" },
  sessions: { en: "Sessions", zh: "会话" },
  organizations: { en: "Organizations", zh: "组织" },
  privacy: { en: "Privacy center", zh: "隐私中心" },
  username: { en: "Username", zh: "用户名" },
  email: { en: "E-mail address", zh: "电子邮箱" },
  since: { en: "Account since", zh: "注册时间" },
  language: { en: "Language of pages and letters", zh: "页面与邮件的语言" },
  save: { en: "Save", zh: "保存" },
  saved: { en: "Saved.", zh: "已保存。" },
  signOut: { en: "Sign out", zh: "退出登录" },
  signOutAll: { en: "Sign out everywhere", zh: "退出所有会话" },
  current: { en: "Current password", zh: "当前密码" },
  here: { en: "this one", zh: "当前会话" },
  browser: { en: "Browser", zh: "浏览器" },
  address: { en: "Address", zh: "地址" },
  signedIn: { en: "Signed in", zh: "登录时间" },
  active: { en: "Last active", zh: "最近活动" },
  end: { en: "End", zh: "结束" },
  endOthers: { en: "End all others", zh: "结束其他会话" },
  confirm: { en: "Please confirm that it is you", zh: "请确认是您本人" },
  proceed: { en: "Continue", zh: "继续" },
} as const;

/** The pages under `/account`. */
export function routes({ accounts, limits, notices, ledger, now }: Parts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const profile = async (
    context: ServerContext,
    again: Again & { readonly saved?: boolean },
  ): Promise<Response> => {
    const signedIn = requireSignedIn(context);
    return profilePage(context, await accounts.readProfile(signedIn), again, {
      given: await ledger.given(signedIn.userId, optionalPurposes),
      notice: await notices.current("service"),
    });
  };

  app.get("/account", async (context) =>
    profile(context, { saved: context.req.query("saved") !== undefined }),
  );
  app.post("/account/profile", async (context) => {
    const { userId } = requireSignedIn(context);
    const own = fields(context.var.language);
    const form = await readCollected(
      context,
      { notices, product: "service", now },
      z.object({
        language: z.enum(["en", "zh"]),
        phone: own.phone,
        companyName: own.companyName,
        companyRegion: own.companyRegion,
        companyWebsite: own.companyWebsite,
        companyContact: own.companyContact,
        ...own.boxes,
      }),
    );
    if (form.kind === "invalid") return profile(context, form);
    const { value, shown } = form;
    const boxes = readOptionalBoxes(context, value, await ledger.given(userId, optionalPurposes));
    if (boxes.kind === "missing") {
      return profile(context, { problems: boxes.problems, entered: present(value) });
    }
    const pseudonym = await ledger.pseudonymOf(userId);
    for (const answer of boxes.answers)
      await ledger.record(pseudonym, { ...answer, answer: "given", shown });
    const { language, phone, ...company } = value;
    await accounts.changeProfile(userId, { language, phone, company: toCompany(company) });
    return context.redirect("/account?saved", 303);
  });

  app.get("/account/sessions", async (context) => {
    const signedIn = requireSignedIn(context);
    return sessionsPage(context, await accounts.listSessions(signedIn));
  });
  app.post("/account/sessions/end", async (context) => {
    const { userId, sessionId } = requireSignedIn(context);
    const form = await readForm(context, z.object({ id: z.string().max(100) }));
    if (form.kind === "invalid") await accounts.endSessions(userId, sessionId);
    else await accounts.endSession(userId, form.value.id);
    return context.redirect("/account/sessions", 303);
  });
  app.post("/account/sessions/end-all", async (context) => {
    const { userId } = requireSignedIn(context);
    await accounts.endSessions(userId);
    return context.redirect("/sign-in", 303);
  });

  app.get("/account/confirm", async (context) => {
    requireSignedIn(context);
    return confirmPage(context, { to: context.req.query("to") });
  });
  app.post("/account/confirm", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(
      context,
      z.object({ password: fields(context.var.language).password, to: z.string().optional() }),
    );
    if (form.kind === "invalid") return confirmPage(context, { ...form, to: form.entered["to"] });
    const waitMs = takeTry(limits, context, "code", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const { password, to } = form.value;
    const outcome = await accounts.authenticateAgain(password, toBrowser(context));
    if (outcome.kind === "refused") return confirmPage(context, { refused: outcome.because, to });
    return context.redirect(toOwnPath(to, "/account"), 303);
  });
  return app;
}

export function AccountTabs({
  context,
  current,
}: {
  readonly context: ServerContext;
  readonly current: string;
}) {
  const text = say(words, context.var.language);
  return (
    <Tabs
      label={text.account}
      current={current}
      tabs={[
        ["/account", text.profile],
        ["/account/security", text.security],
        ["/account/sessions", text.sessions],
        ["/account/organizations", text.organizations],
        ["/privacy/center", text.privacy],
      ]}
    />
  );
}

async function profilePage(
  context: ServerContext,
  profile: Profile | undefined,
  { problems = {}, entered, saved = false, noticeChanged }: Again & { readonly saved?: boolean },
  {
    given,
    notice,
  }: {
    readonly given: readonly PurposeKey[];
    readonly notice: PublishedNotice | undefined;
  },
): Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  if (profile === undefined) return context.redirect("/sign-in", 303);
  const { company } = profile;
  const shown = entered ?? {
    language: profile.language,
    phone: profile.phone ?? "",
    companyName: company.name ?? "",
    companyRegion: company.region ?? "",
    companyWebsite: company.website ?? "",
    companyContact: company.contact ?? "",
  };
  return renderPage(
    context,
    { title: text.account, personal: true, status: entered === undefined ? 200 : 400 },
    <Page title={text.account}>
      <AccountTabs context={context} current="/account" />
      <div class="stack-wide">
        {saved ? <Banner tone="good" title={text.saved} announce /> : null}
        <Facts
          facts={[
            [text.username, profile.username],
            [text.email, profile.email],
            [text.since, <Day atMs={profile.createdAt.getTime()} reader={reader} />],
          ]}
        />
        <Form context={context} action="/account/profile">
          <Select
            context={context}
            name="language"
            item="service.language"
            label={text.language}
            options={[
              ["en", "English"],
              ["zh", "简体中文"],
            ]}
            value={shown["language"]}
          />
          <OptionalFields context={context} entered={shown} problems={problems} given={given} />
          {notice === undefined ? null : (
            <NoticeLine context={context} notice={notice} changed={noticeChanged ?? false} />
          )}
          <Button>{text.save}</Button>
        </Form>
        <div class="actions">
          <ActionButton context={context} action="/sign-out" label={text.signOut} />
          <ActionButton
            context={context}
            action="/account/sessions/end-all"
            label={text.signOutAll}
          />
        </div>
      </div>
    </Page>,
  );
}

async function sessionsPage(
  context: ServerContext,
  sessions: readonly SessionLine[],
): Promise<Response> {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  return renderPage(
    context,
    { title: text.sessions, personal: true },
    <Page title={text.sessions} eyebrow={text.account}>
      <AccountTabs context={context} current="/account/sessions" />
      <div class="stack-wide">
        <Table
          labelledBy={pageTitle}
          columns={[text.browser, text.address, text.signedIn, text.active, text.end]}
          rows={sessions.map((session) => [
            session.userAgent || "—",
            session.address || "—",
            <Moment atMs={session.createdAt.getTime()} reader={reader} />,
            <Moment atMs={session.lastActiveAt.getTime()} reader={reader} />,
            session.current ? (
              text.here
            ) : (
              <ActionButton
                context={context}
                action="/account/sessions/end"
                label={text.end}
                values={{ id: session.id }}
              />
            ),
          ])}
        />
        <div class="actions">
          <ActionButton context={context} action="/account/sessions/end" label={text.endOthers} />
          <ActionButton
            context={context}
            action="/account/sessions/end-all"
            label={text.signOutAll}
            kind="danger"
          />
        </div>
      </div>
    </Page>,
  );
}

async function confirmPage(
  context: ServerContext,
  { problems = {}, refused, to }: Again & { readonly to: string | undefined },
): Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.confirm, personal: true, status: refused === undefined ? 200 : 400 },
    <Page title={text.confirm} sheet>
      <RefusalBanner context={context} refused={refused} />
      <Form context={context} action="/account/confirm">
        {to === undefined ? null : <input type="hidden" name="to" value={to} />}
        <Field
          context={context}
          name="password"
          type="password"
          label={text.current}
          autocomplete="current-password"
          problem={problems["password"]}
        />
        <Button>{text.proceed}</Button>
      </Form>
    </Page>,
  );
}
