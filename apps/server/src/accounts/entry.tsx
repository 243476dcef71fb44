/** The pages of the ways into an account. */
import type { PurposeKey, Text } from "@cloud-code/policy";
import { boxName, ConsentBox } from "../consent/beside.tsx";
import type { ServerContext } from "../environment.ts";
import { NoticeLine } from "../notices/gate.tsx";
import type { PublishedNotice } from "../notices/store.ts";
import {
  Banner,
  Button,
  ButtonLink,
  Choices,
  Field,
  Form,
  Page,
  Select,
} from "../pages/components.tsx";
import { renderPage } from "../pages/layout.tsx";
import { failedPage } from "../pages/problems.tsx";
import { say } from "../pages/words.ts";
import { optionalFields, regionOptions } from "./fields.ts";
import { toOwnPath } from "./guard.ts";
import type { Refusal } from "./port.ts";

type Answer = Response | Promise<Response>;

/** What a form shows again after it was not accepted. */
export interface Again {
  readonly problems?: Readonly<Record<string, string>> | undefined;
  readonly entered?: Readonly<Record<string, string>> | undefined;
  readonly refused?: Refusal | undefined;
  readonly noticeChanged?: boolean | undefined;
}

const words = {
  signUp: { en: "Create an account", zh: "注册账户" },
  signUpLead: {
    en: "You need a username, an e-mail address and a password. Everything else is your choice.",
    zh: "只需用户名、电子邮箱和密码，其余均可不填。",
  },
  haveOne: { en: "I have an account", zh: "我已有账户" },
  username: { en: "Username", zh: "用户名" },
  usernameHint: {
    en: "3 to 32 letters, digits, dots or underscores. Others can see it.",
    zh: "3 至 32 个字母、数字、点或下划线，他人可见。",
  },
  email: { en: "E-mail address", zh: "电子邮箱" },
  password: { en: "Password", zh: "密码" },
  passwordHint: {
    en: "12 characters or more; four ordinary words are better than one strange one. Spaces, every script and pasting are fine.",
    zh: "至少 12 个字符；几个普通词语的组合胜过一个古怪的词。可使用空格和任何文字，也可粘贴。",
  },
  age: { en: "Are you 16 or older?", zh: "您是否已年满 16 周岁？" },
  ageWhy: {
    en: "The service is not for children. Only that you said yes is kept, no date of birth.",
    zh: "本服务不面向儿童。仅记录您回答“是”，不记录出生日期。",
  },
  yes: { en: "Yes", zh: "是" },
  no: { en: "No", zh: "否" },
  more: { en: "More, if you like", zh: "更多信息（选填）" },
  phone: { en: "Phone number", zh: "电话号码" },
  companyName: { en: "Company", zh: "公司名称" },
  companyRegion: { en: "Country or region", zh: "国家或地区" },
  companyWebsite: { en: "Company website", zh: "公司网站" },
  companyContact: { en: "Company contact", zh: "公司联系人" },
  create: { en: "Create account", zh: "注册" },
  tooYoung: { en: "Not yet", zh: "暂时还不能注册" },
  tooYoungText: {
    en: "The service is for people of 16 and older, so no account was opened. Nothing you entered was kept, not even your answer. The assistant itself works without an account, on your own computer.",
    zh: "本服务仅面向年满 16 周岁的人士，因此未开立账户。您填写的内容均未保存，包括这一回答。编程助手无需账户即可在您自己的计算机上使用。",
  },
  signIn: { en: "Sign in", zh: "登录" },
  identifier: { en: "Username or e-mail address", zh: "用户名或电子邮箱" },
  forgot: { en: "Choose a new password", zh: "忘记密码" },
  noAccount: { en: "Create an account", zh: "注册账户" },
  passkey: { en: "Sign in with a passkey", zh: "使用通行密钥登录" },
  passkeyFailed: {
    en: "The passkey was not accepted. Please try again, or sign in with the password.",
    zh: "通行密钥未被接受。请重试，或使用密码登录。",
  },
  code: { en: "Second factor", zh: "第二重验证" },
  codeLead: {
    en: "Enter the six digits your authenticator app shows now, or one of your recovery codes.",
    zh: "请输入验证器当前显示的六位数字，或您的一个恢复代码。",
  },
  codeField: { en: "Code", zh: "验证码" },
  proceed: { en: "Continue", zh: "继续" },
  startAgain: { en: "Start again", zh: "重新登录" },
  reset: { en: "Choose a new password", zh: "重设密码" },
  resetLead: {
    en: "We send a link to the address of your account. It is good for one hour and for one use.",
    zh: "我们会向您的账户邮箱发送链接，一小时内有效且仅可使用一次。",
  },
  sendLink: { en: "Send the link", zh: "发送链接" },
  newPassword: { en: "New password", zh: "新密码" },
  setPassword: { en: "Set the password", zh: "设置密码" },
  confirm: { en: "Confirm your e-mail address", zh: "确认电子邮箱" },
  confirmLead: {
    en: "Press the button to confirm that this e-mail address is yours.",
    zh: "请点击按钮，确认该邮箱属于您。",
  },
  confirmButton: { en: "Yes, it is mine", zh: "确认属于我" },
} as const;

const refusals: Readonly<Record<Refusal, Text>> = {
  wrong: {
    en: "That does not match. Please check what you entered.",
    zh: "信息不匹配，请检查您的输入。",
  },
  "username-taken": {
    en: "Somebody has this username. Please choose another.",
    zh: "该用户名已被使用，请另选一个。",
  },
  "password-too-common": {
    en: "This password would be guessed soon: it is on lists of leaked ones, or made of your own name. Please choose another.",
    zh: "此密码很容易被猜中：它出现在泄露密码列表中，或由您的名称构成。请另选一个。",
  },
  unconfirmed: {
    en: "The e-mail address is not confirmed yet. Open the link in the letter we sent; to get a new one, choose a new password.",
    zh: "邮箱尚未确认。请打开我们发送的邮件中的链接；如需新的链接，请重设密码。",
  },
  expired: {
    en: "The time for this ran out, or it was used already. Please start again.",
    zh: "已超时或已被使用，请重新开始。",
  },
  "signed-out": { en: "Please sign in again.", zh: "请重新登录。" },
  "already-set-up": {
    en: "An authenticator app is set up already. Remove it first.",
    zh: "已设置验证器，请先移除。",
  },
};

/** Says why something was refused. */
export function RefusalBanner({
  context,
  refused,
}: {
  readonly context: ServerContext;
  readonly refused: Refusal | undefined;
}) {
  return refused === undefined ? null : (
    <Banner tone="bad" title={refusals[refused][context.var.language]} announce />
  );
}

/** The page to open an account. */
export async function signUpPage(
  context: ServerContext,
  notice: PublishedNotice | undefined,
  { problems = {}, entered = {}, refused, noticeChanged = false }: Again = {},
): Promise<Response> {
  // Without a notice nothing may be asked.
  if (notice === undefined) return failedPage(context);
  const { language } = context.var;
  const text = say(words, language);
  return renderPage(
    context,
    {
      title: text.signUp,
      personal: true,
      status:
        refused !== undefined || Object.keys(problems).length > 0 || noticeChanged ? 400 : 200,
    },
    <Page title={text.signUp} lead={text.signUpLead} sheet>
      <RefusalBanner context={context} refused={refused} />
      <Form context={context} action="/sign-up">
        <Field
          context={context}
          name="username"
          item="service.username"
          label={text.username}
          hint={text.usernameHint}
          autocomplete="username"
          maxlength={32}
          value={entered["username"]}
          problem={problems["username"]}
        />
        <Field
          context={context}
          name="email"
          type="email"
          item="service.email"
          label={text.email}
          autocomplete="email"
          maxlength={254}
          value={entered["email"]}
          problem={problems["email"]}
        />
        <Field
          context={context}
          name="password"
          type="password"
          item="service.password-hash"
          label={text.password}
          hint={text.passwordHint}
          autocomplete="new-password"
          problem={problems["password"]}
        />
        <Choices
          name="age"
          legend={text.age}
          options={[
            { value: "yes", label: text.yes, why: text.ageWhy },
            { value: "no", label: text.no },
          ]}
          value={entered["age"]}
          problem={problems["age"]}
        />
        <details open={hasOptional(entered)}>
          <summary>{text.more}</summary>
          <div class="stack">
            <OptionalFields context={context} entered={entered} problems={problems} />
          </div>
        </details>
        <NoticeLine context={context} notice={notice} changed={noticeChanged} />
        <div class="actions">
          <Button>{text.create}</Button>
          <ButtonLink href="/sign-in" kind="link">
            {text.haveOne}
          </ButtonLink>
        </div>
      </Form>
    </Page>,
  );
}

function hasOptional(entered: Readonly<Record<string, string>>): boolean {
  return Object.keys(optionalFields).some((name) => (entered[name] ?? "") !== "");
}

/** Phone and company: the fields nobody has to fill in, with a box for each purpose that rests on consent and was not allowed yet. */
export function OptionalFields({
  context,
  entered,
  problems,
  given = [],
}: {
  readonly context: ServerContext;
  readonly entered: Readonly<Record<string, string>>;
  readonly problems: Readonly<Record<string, string>>;
  readonly given?: readonly PurposeKey[];
}) {
  const { language } = context.var;
  const text = say(words, language);
  const box = (purpose: PurposeKey) =>
    given.includes(purpose) ? null : (
      <ConsentBox
        context={context}
        purpose={purpose}
        entered={entered}
        problem={problems[boxName(purpose)]}
      />
    );
  return (
    <>
      <Field
        context={context}
        name="phone"
        type="tel"
        item="service.phone"
        label={text.phone}
        autocomplete="tel"
        value={entered["phone"]}
        problem={problems["phone"]}
      />
      {box("recover-account")}
      <Field
        context={context}
        name="companyName"
        item="service.company.name"
        label={text.companyName}
        autocomplete="organization"
        value={entered["companyName"]}
        problem={problems["companyName"]}
      />
      <Select
        context={context}
        name="companyRegion"
        item="service.company.region"
        label={text.companyRegion}
        autocomplete="country"
        options={regionOptions(language)}
        value={entered["companyRegion"]}
        problem={problems["companyRegion"]}
      />
      <Field
        context={context}
        name="companyWebsite"
        type="url"
        item="service.company.website"
        label={text.companyWebsite}
        autocomplete="url"
        value={entered["companyWebsite"]}
        problem={problems["companyWebsite"]}
      />
      <Field
        context={context}
        name="companyContact"
        item="service.company.contact"
        label={text.companyContact}
        value={entered["companyContact"]}
        problem={problems["companyContact"]}
      />
      {box("keep-company-profile")}
    </>
  );
}

/** Says that no account was opened, and that nothing was kept. */
export function tooYoungPage(context: ServerContext): Answer {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.tooYoung, personal: true },
    <Page title={text.tooYoung} lead={text.tooYoungText} sheet />,
  );
}

/** The page to sign in. */
export function signInPage(
  context: ServerContext,
  { problems = {}, entered = {}, refused, to }: Again & { readonly to: string | undefined },
): Answer {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    {
      title: text.signIn,
      personal: true,
      scripts: ["passkeys"],
      status: refused !== undefined || Object.keys(problems).length > 0 ? 400 : 200,
    },
    <Page title={text.signIn} sheet>
      <RefusalBanner context={context} refused={refused} />
      <Form context={context} action="/sign-in">
        {to === undefined ? null : <input type="hidden" name="to" value={to} />}
        <Field
          context={context}
          name="identifier"
          label={text.identifier}
          autocomplete="username"
          maxlength={254}
          value={entered["identifier"]}
          problem={problems["identifier"]}
        />
        <Field
          context={context}
          name="password"
          type="password"
          label={text.password}
          autocomplete="current-password"
          problem={problems["password"]}
        />
        <div class="actions">
          <Button>{text.signIn}</Button>
          <ButtonLink href="/reset" kind="link">
            {text.forgot}
          </ButtonLink>
          <ButtonLink href="/sign-up" kind="link">
            {text.noAccount}
          </ButtonLink>
        </div>
      </Form>
      {/* Shown by the script that can use it. */}
      <form class="form" data-passkey-sign-in data-to={toOwnPath(to, "/account")} hidden>
        <Button kind="quiet">{text.passkey}</Button>
        <p class="problem" role="alert" hidden>
          {text.passkeyFailed}
        </p>
      </form>
    </Page>,
  );
}

/** The page for the code of the second factor. */
export function secondFactorPage(
  context: ServerContext,
  { problems = {}, refused, to }: Again & { readonly to: string | undefined },
): Answer {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    {
      title: text.code,
      personal: true,
      status: refused !== undefined || Object.keys(problems).length > 0 ? 400 : 200,
    },
    <Page title={text.code} lead={text.codeLead} sheet>
      <RefusalBanner context={context} refused={refused} />
      <Form context={context} action="/sign-in/code">
        {to === undefined ? null : <input type="hidden" name="to" value={to} />}
        <Field
          context={context}
          name="code"
          label={text.codeField}
          autocomplete="one-time-code"
          maxlength={24}
          problem={problems["code"]}
        />
        <div class="actions">
          <Button>{text.proceed}</Button>
          <ButtonLink href="/sign-in" kind="link">
            {text.startAgain}
          </ButtonLink>
        </div>
      </Form>
    </Page>,
  );
}

/** The page to ask for a link to choose a new password. */
export function resetPage(
  context: ServerContext,
  { problems = {}, entered = {} }: Again = {},
): Answer {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.reset, personal: true, status: Object.keys(problems).length > 0 ? 400 : 200 },
    <Page title={text.reset} lead={text.resetLead} sheet>
      <Form context={context} action="/reset">
        <Field
          context={context}
          name="email"
          type="email"
          label={text.email}
          autocomplete="email"
          maxlength={254}
          value={entered["email"]}
          problem={problems["email"]}
        />
        <Button>{text.sendLink}</Button>
      </Form>
    </Page>,
  );
}

/** The page behind the mailed link: a new password. */
export function resetChoosePage(
  context: ServerContext,
  { problems = {}, refused, token }: Again & { readonly token: string },
): Answer {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    {
      title: text.reset,
      personal: true,
      status: refused !== undefined || Object.keys(problems).length > 0 ? 400 : 200,
    },
    <Page title={text.reset} sheet>
      <RefusalBanner context={context} refused={refused} />
      <Form context={context} action="/reset/choose">
        <input type="hidden" name="token" value={token} />
        <Field
          context={context}
          name="password"
          type="password"
          item="service.password-hash"
          label={text.newPassword}
          hint={text.passwordHint}
          autocomplete="new-password"
          problem={problems["password"]}
        />
        <Button>{text.setPassword}</Button>
      </Form>
    </Page>,
  );
}

/** The page behind a confirmation link: one button. */
export function confirmPage(context: ServerContext, action: string): Answer {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.confirm, personal: true },
    <Page title={text.confirm} lead={text.confirmLead} sheet>
      <Form context={context} action={action}>
        <input type="hidden" name="token" value={context.req.query("token") ?? ""} />
        <Button>{text.confirmButton}</Button>
      </Form>
    </Page>,
  );
}

/** What was done, and what comes next. */
export type Done =
  | "signed-up"
  | "confirmed"
  | "email-changed"
  | "link-expired"
  | "reset-sent"
  | "password-chosen";

const done: Readonly<
  Record<
    Done,
    { readonly title: Text; readonly text: Text; readonly next: string; readonly label: Text }
  >
> = {
  "signed-up": {
    title: { en: "Look into your mail", zh: "请查收邮件" },
    text: {
      en: "A letter is on its way to the address you gave. Open the link in it within 24 hours; then you can sign in. If none has come after some minutes, look among the unwanted mail, then ask for another under “Choose a new password”; when our mail server has a rest, letters arrive late but arrive.",
      zh: "邮件正发往您填写的邮箱。请在 24 小时内打开其中的链接，之后即可登录。若数分钟后仍未收到，请先查看垃圾邮件，再通过“重设密码”重新获取；如邮件服务器暂不可用，邮件会延迟送达，但不会丢失。",
    },
    next: "/",
    label: { en: "Go to the home page", zh: "返回首页" },
  },
  confirmed: {
    title: { en: "Your address is confirmed", zh: "邮箱已确认" },
    text: { en: "Your account is ready.", zh: "您的账户已可使用。" },
    next: "/sign-in",
    label: { en: "Sign in", zh: "登录" },
  },
  "email-changed": {
    title: { en: "Your e-mail address is changed", zh: "邮箱已更改" },
    text: { en: "From now on we write to the new one.", zh: "此后我们将使用新邮箱与您联系。" },
    next: "/account",
    label: { en: "Go to your account", zh: "前往我的账户" },
  },
  "link-expired": {
    title: { en: "This link is no longer good", zh: "链接已失效" },
    text: {
      en: "It was used already, or its time ran out. Ask for a new one.",
      zh: "链接已被使用或已过期，请重新获取。",
    },
    next: "/reset",
    label: { en: "Choose a new password", zh: "重设密码" },
  },
  "reset-sent": {
    title: { en: "Look into your mail", zh: "请查收邮件" },
    text: {
      en: "If there is an account with this address, a link is on its way to it. If none has come after some minutes, look among the unwanted mail, or ask again.",
      zh: "如果该邮箱已有账户，链接正在发送途中。若数分钟后仍未收到，请查看垃圾邮件或重新获取。",
    },
    next: "/sign-in",
    label: { en: "Sign in", zh: "登录" },
  },
  "password-chosen": {
    title: { en: "Your new password is set", zh: "新密码已设置" },
    text: {
      en: "All sessions were ended. Sign in with the new password; the second factor, if you have one, stays.",
      zh: "所有会话均已结束，请使用新密码登录。如设有第二重验证，仍然有效。",
    },
    next: "/sign-in",
    label: { en: "Sign in", zh: "登录" },
  },
};

/** The page after a form that ends something. */
export function donePage(context: ServerContext, what: Done): Answer {
  const { language } = context.var;
  const { title, text, next, label } = done[what];
  return renderPage(
    context,
    { title: title[language], personal: true, status: what === "link-expired" ? 410 : 200 },
    <Page title={title[language]} lead={text[language]} sheet>
      <ButtonLink href={next}>{label[language]}</ButtonLink>
    </Page>,
  );
}
