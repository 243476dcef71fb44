/** How a person signs in: second factor, passkeys, password, address. */
import { Hono } from "hono";
import { z } from "zod";
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
  Page,
  Table,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { say } from "../pages/words.ts";
import { limitedPage } from "../refusals.tsx";
import type { Services } from "../services.ts";
import { AccountTabs } from "./account.tsx";
import { type Again, RefusalBanner } from "./entry.tsx";
import { fields } from "./fields.ts";
import { requireSignedIn, toBrowser } from "./guard.ts";
import { takeTry } from "./limits.ts";
import { QrCode } from "./qr.tsx";
import type { AuthenticatorSetup, Cookies } from "./port.ts";

const words = {
  account: { en: "Your account", zh: "我的账户" },
  security: { en: "Security", zh: "安全" },
  changeEmail: { en: "Change the e-mail address", zh: "更改电子邮箱" },
  newEmail: { en: "New e-mail address", zh: "新电子邮箱" },
  changePassword: { en: "Change the password", zh: "更改密码" },
  current: { en: "Current password", zh: "当前密码" },
  next: { en: "New password", zh: "新密码" },
  endsOthers: {
    en: "All other sessions are ended.",
    zh: "其他所有会话都将结束。",
  },
  factor: { en: "Second factor", zh: "第二重验证" },
  factorOn: { en: "An authenticator app is set up.", zh: "已设置验证器。" },
  factorOff: {
    en: "Set up an authenticator app: then a stolen password alone opens nothing.",
    zh: "设置验证器后，仅凭被盗的密码无法登录。",
  },
  factorNeeded: {
    en: "Your role needs a second factor. Please set it up first.",
    zh: "您的角色必须设置第二重验证，请先完成设置。",
  },
  setUp: { en: "Set up an authenticator app", zh: "设置验证器" },
  remove: { en: "Remove the authenticator app", zh: "移除验证器" },
  scan: {
    en: "Scan this with your authenticator app, or type the key into it. On the device the app is on, open the link.",
    zh: "请用验证器扫描二维码，或手动输入密钥；如在验证器所在设备上操作，可直接打开链接。",
  },
  picture: { en: "The key as a QR code", zh: "密钥的二维码" },
  key: { en: "Key", zh: "密钥" },
  openApp: { en: "Open in the app", zh: "在验证器中打开" },
  recovery: { en: "Recovery codes", zh: "恢复代码" },
  recoveryText: {
    en: "Each is good once, when the app is lost. Keep them somewhere safe; they are shown this one time.",
    zh: "验证器丢失时使用，每个代码仅可使用一次。请妥善保存，仅显示这一次。",
  },
  again: {
    en: "The key in your app is still the right one. Enter the code it shows now; to begin anew with another key, go back to Security.",
    zh: "您已添加的密钥仍然有效。请输入验证器当前显示的验证码；如需更换密钥，请返回“安全”页面。",
  },
  firstCode: { en: "Code the app shows", zh: "验证器显示的验证码" },
  finish: { en: "Turn on", zh: "启用" },
  passkeys: { en: "Passkeys", zh: "通行密钥" },
  passkeysText: {
    en: "Sign in with your finger, face or device PIN. Nothing that could be stolen is kept here. Adding one needs a browser with scripts.",
    zh: "使用指纹、面容或设备 PIN 登录，本服务不保存任何可被盗用的内容。添加时浏览器需启用脚本。",
  },
  passkeyName: { en: "Name, to recognise it by", zh: "名称，便于辨认" },
  addPasskey: { en: "Add a passkey", zh: "添加通行密钥" },
  passkeyFailed: {
    en: "It was not added. Please try again.",
    zh: "未能添加，请重试。",
  },
  added: { en: "Added", zh: "添加时间" },
  removeOne: { en: "Remove", zh: "移除" },
  mailed: {
    en: "A link is on its way to the new address. It changes when you open it, within one hour.",
    zh: "已向新邮箱发送链接，请在一小时内打开以完成更改。",
  },
  changed: { en: "Done.", zh: "已完成。" },
} as const;

/** The page of security, and what is changed on it. */
export function routes({
  accounts,
  limits,
}: Pick<Services, "accounts" | "limits">): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get("/account/security", async (context) => {
    requireSignedIn(context);
    return securityPage(context, accounts, {});
  });
  app.post("/account/email", async (context) => {
    const { userId } = requireSignedIn(context);
    const own = fields(context.var.language);
    const form = await readForm(context, z.object({ email: own.email, password: own.password }));
    if (form.kind === "invalid") return securityPage(context, accounts, form);
    const waitMs = takeTry(limits, context, "code", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const known = await accounts.authenticateAgain(form.value.password, toBrowser(context));
    if (known.kind === "refused")
      return securityPage(context, accounts, { refused: known.because });
    await accounts.requestEmailChange(userId, form.value.email);
    return securityPage(context, accounts, { done: "mailed" });
  });
  app.post("/account/password", async (context) => {
    const { userId } = requireSignedIn(context);
    const own = fields(context.var.language);
    const form = await readForm(
      context,
      z.object({ current: own.password, next: own.newPassword }),
    );
    if (form.kind === "invalid") return securityPage(context, accounts, form);
    const waitMs = takeTry(limits, context, "code", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const { current, next } = form.value;
    return settle(
      context,
      accounts,
      await accounts.changePassword(current, next, toBrowser(context)),
    );
  });
  app.post("/account/factor", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(
      context,
      z.object({ password: fields(context.var.language).password }),
    );
    if (form.kind === "invalid") return securityPage(context, accounts, form);
    const waitMs = takeTry(limits, context, "code", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const outcome = await accounts.startAuthenticator(form.value.password, toBrowser(context));
    return outcome.kind === "done"
      ? setupPage(context, outcome.setup)
      : securityPage(context, accounts, { refused: outcome.because });
  });
  app.post("/account/factor/finish", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(context, z.object({ code: fields(context.var.language).code }));
    if (form.kind === "invalid") return codePage(context, form);
    const waitMs = takeTry(limits, context, "code", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const outcome = await accounts.finishAuthenticator(form.value.code, toBrowser(context));
    if (outcome.kind === "refused" && outcome.because === "wrong") {
      return codePage(context, { refused: "wrong" });
    }
    return settle(context, accounts, outcome);
  });
  app.post("/account/factor/remove", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(
      context,
      z.object({ password: fields(context.var.language).password }),
    );
    if (form.kind === "invalid") return securityPage(context, accounts, form);
    const waitMs = takeTry(limits, context, "code", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    return settle(
      context,
      accounts,
      await accounts.removeAuthenticator(form.value.password, toBrowser(context)),
    );
  });
  return app;
}

async function settle(
  context: ServerContext,
  accounts: Services["accounts"],
  outcome:
    | { readonly kind: "done"; readonly cookies: Cookies }
    | { readonly kind: "refused"; readonly because: NonNullable<Again["refused"]> },
): Promise<Response> {
  if (outcome.kind === "refused")
    return securityPage(context, accounts, { refused: outcome.because });
  for (const cookie of outcome.cookies) context.header("Set-Cookie", cookie, { append: true });
  return context.redirect("/account/security?done", 303);
}

/** The parts of the account as tabs. */
async function securityPage(
  context: ServerContext,
  accounts: Services["accounts"],
  { problems = {}, entered = {}, refused, done }: Again & { readonly done?: "mailed" },
): Promise<Response> {
  const text = say(words, context.var.language);
  const { secondFactor, userId } = requireSignedIn(context);
  const passkeys = await accounts.listPasskeys(userId);
  const finished = context.req.method === "GET" && context.req.query("done") !== undefined;
  const needed = context.req.query("needed") !== undefined && !secondFactor;
  return renderPage(
    context,
    {
      title: text.security,
      personal: true,
      scripts: ["passkeys"],
      status: refused !== undefined || Object.keys(problems).length > 0 ? 400 : 200,
    },
    <Page title={text.security} eyebrow={text.account}>
      <AccountTabs context={context} current="/account/security" />
      <div class="stack-wide">
        <RefusalBanner context={context} refused={refused} />
        {finished ? <Banner tone="good" title={text.changed} announce /> : null}
        {done === "mailed" ? <Banner tone="good" title={text.mailed} announce /> : null}
        {needed ? <Banner tone="warn" title={text.factorNeeded} announce /> : null}
        <section class="stack" id="factor">
          <h2>{text.factor}</h2>
          <p>{secondFactor ? text.factorOn : text.factorOff}</p>
          <Form
            context={context}
            action={secondFactor ? "/account/factor/remove" : "/account/factor"}
          >
            <Field
              context={context}
              name="password"
              type="password"
              label={text.current}
              item="service.second-factor"
              optional={false}
              autocomplete="current-password"
            />
            <Button kind={secondFactor ? "danger" : "main"}>
              {secondFactor ? text.remove : text.setUp}
            </Button>
          </Form>
        </section>
        <section class="stack" id="passkeys">
          <h2 id="list-passkeys">{text.passkeys}</h2>
          <p>{text.passkeysText}</p>
          {passkeys.length === 0 ? null : (
            <Table
              labelledBy="list-passkeys"
              columns={[text.passkeyName, text.added, text.removeOne]}
              rows={passkeys.map(({ id, name, createdAt }) => [
                name,
                <Day atMs={createdAt.getTime()} reader={context.var} />,
                <ActionButton
                  context={context}
                  action="/account/passkeys/remove"
                  label={text.removeOne}
                  values={{ id }}
                />,
              ])}
            />
          )}
          {/* Shown by the script that can use it. */}
          <form class="form" data-passkey-add hidden>
            <Field context={context} name="name" label={text.passkeyName} maxlength={60} />
            <Button kind="quiet">{text.addPasskey}</Button>
            <p class="problem" role="alert" hidden>
              {text.passkeyFailed}
            </p>
          </form>
        </section>
        <section class="stack" id="password">
          <h2>{text.changePassword}</h2>
          <p>{text.endsOthers}</p>
          <Form context={context} action="/account/password">
            <Field
              context={context}
              name="current"
              type="password"
              label={text.current}
              autocomplete="current-password"
              problem={problems["current"]}
            />
            <Field
              context={context}
              name="next"
              type="password"
              label={text.next}
              autocomplete="new-password"
              problem={problems["next"]}
            />
            <Button kind="quiet">{text.changePassword}</Button>
          </Form>
        </section>
        <section class="stack" id="email">
          <h2>{text.changeEmail}</h2>
          <Form context={context} action="/account/email">
            <Field
              context={context}
              name="email"
              type="email"
              item="service.email"
              label={text.newEmail}
              autocomplete="email"
              value={entered["email"]}
              problem={problems["email"]}
            />
            <PasswordAgain context={context} id="email" problem={problems["password"]} />
            <Button kind="quiet">{text.changeEmail}</Button>
          </Form>
        </section>
      </div>
    </Page>,
  );
}

/** A password field with an id of its own, where a page has several. */
function PasswordAgain({
  context,
  id,
  problem,
}: {
  readonly context: ServerContext;
  readonly id: string;
  readonly problem: string | undefined;
}) {
  const { language } = context.var;
  return (
    <div class="field">
      <label for={`${id}-password`}>{words.current[language]}</label>
      <input
        id={`${id}-password`}
        name="password"
        type="password"
        autocomplete="current-password"
        required
        aria-invalid={problem === undefined ? undefined : "true"}
      />
      {problem === undefined ? null : <p class="problem">{problem}</p>}
    </div>
  );
}

async function setupPage(context: ServerContext, setup: AuthenticatorSetup): Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.setUp, personal: true },
    <Page
      title={text.setUp}
      lead={text.scan}
      eyebrow={<a href="/account/security">{text.security}</a>}
    >
      <div class="stack-wide">
        <QrCode text={setup.uri} label={text.picture} />
        <Facts
          facts={[
            [text.key, <code>{setup.secret.match(/.{1,4}/g)?.join(" ")}</code>],
            ["", <a href={setup.uri}>{text.openApp}</a>],
          ]}
        />
        <section class="stack">
          <h2>{text.recovery}</h2>
          <p>{text.recoveryText}</p>
          <ul>
            {setup.recoveryCodes.map((code) => (
              <li>
                <code>{code}</code>
              </li>
            ))}
          </ul>
        </section>
        <CodeForm context={context} />
      </div>
    </Page>,
  );
}

/**
 * Asks for the first code again. The key stays the one that is in the app by now: a code that was mistyped, or a moment too old, must not
 * cost a second set-up. Key and recovery codes are not shown again.
 */
async function codePage(context: ServerContext, { problems, refused }: Again): Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.setUp, personal: true, status: 400 },
    <Page
      title={text.setUp}
      lead={text.again}
      eyebrow={<a href="/account/security">{text.security}</a>}
      sheet
    >
      <RefusalBanner context={context} refused={refused} />
      <CodeForm context={context} problem={problems?.["code"]} />
    </Page>,
  );
}

function CodeForm({
  context,
  problem,
}: {
  readonly context: ServerContext;
  readonly problem?: string | undefined;
}) {
  const text = say(words, context.var.language);
  return (
    <Form context={context} action="/account/factor/finish">
      <Field
        context={context}
        name="code"
        label={text.firstCode}
        autocomplete="one-time-code"
        inputmode="numeric"
        maxlength={6}
        problem={problem}
      />
      <Button>{text.finish}</Button>
    </Form>
  );
}
