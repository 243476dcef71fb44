import { createHmac, timingSafeEqual } from "node:crypto";
import type { ProductKey } from "@cloud-code/policy";
import type { MiddlewareHandler } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { z } from "zod";
import type { ServerContext, ServerEnv } from "../environment.ts";
import { readFields } from "../forms.tsx";
import { Banner } from "../pages/components.tsx";
import { formatDate, say } from "../pages/words.ts";
import { type NoticeShown, proveShown } from "./shown.ts";
import type { NoticeStore, PublishedNotice } from "./store.ts";

const FIELD = "notice_shown";
/** What a form with personal fields was found to be. */
export type Collected<Value> =
  | { readonly kind: "valid"; readonly value: Value; readonly shown: NoticeShown }
  /**
   * Nothing is taken over. `problems` are per field; `noticeChanged` means that the notice was replaced after the form was opened, or
   * was never shown: the page shows the current one with what was entered, and the person sends again.
   */
  | {
      readonly kind: "invalid";
      readonly problems: Readonly<Record<string, string>>;
      readonly entered: Readonly<Record<string, string>>;
      readonly noticeChanged: boolean;
    };

const words = {
  before: { en: "Before you send this", zh: "发送之前" },
  text: {
    en: "says what these fields are used for, how long they are kept and what your rights are. Sending the form is not consent to anything else.",
    zh: "说明这些内容的用途、保存期限以及您的权利。提交表单不代表同意任何其他处理。",
  },
  version: { en: "version", zh: "版本" },
  from: { en: "in effect since", zh: "生效于" },
  changed: {
    en: "Our notice has changed since you opened this page.",
    zh: "自您打开本页后，我们的声明已更新。",
  },
  changedText: {
    en: "Nothing was stored. Please look at it and send the form again; what you entered is still here.",
    zh: "尚未保存任何内容。请查看后重新提交；您填写的内容仍在。",
  },
} as const;

const addresses: Readonly<Record<ProductKey, string>> = {
  service: "/privacy",
  assistant: "/privacy/assistant",
  gateway: "/privacy/gateway",
};

/**
 * Shows the current notice inside a form and makes the form carry the proof. `notice` comes from `NoticeStore.current`; put the line
 * directly before the button.
 */
export function NoticeLine({
  context,
  notice,
  changed = false,
}: {
  readonly context: ServerContext;
  readonly notice: PublishedNotice;
  /** `noticeChanged` of `readCollected`. */
  readonly changed?: boolean;
}): JSX.Element {
  const { language } = context.var;
  const reader = context.var;
  const text = say(words, language);
  const { title } = notice.texts[language];
  const number = `${notice.version}.${notice.revision}`;
  const effective = formatDate(notice.effectiveMs, reader);
  return (
    <>
      {changed ? (
        <Banner tone="warn" title={text.changed} announce>
          {text.changedText}
        </Banner>
      ) : null}
      <div class="banner quiet">
        <strong>{text.before}</strong>
        <p>
          <a href={addresses[notice.product]} target="_blank" rel="noopener">
            {title}
          </a>
          {language === "zh"
            ? `（${text.version} ${number}，${text.from}${effective}）${text.text}`
            : ` (${text.version} ${number}, ${text.from} ${effective}) ${text.text}`}
        </p>
      </div>
      <input type="hidden" name={FIELD} value={sign(context, notice.id)} />
    </>
  );
}

/**
 * Reads a form with personal fields. The value comes only together with the proof that the page showed the notice of `product` that
 * is in effect now.
 */
export async function readCollected<Schema extends z.ZodType>(
  context: ServerContext,
  { notices, product, now }: { notices: NoticeStore; product: ProductKey; now: () => number },
  schema: Schema,
): Promise<Collected<z.output<Schema>>> {
  const { [FIELD]: token, ...entered } = await readFields(context);
  const notice = await notices.current(product);
  const shown =
    notice !== undefined && token !== undefined && isSame(token, sign(context, notice.id));
  const parsed = schema.safeParse(entered);
  if (shown && parsed.success) {
    const screen = new URL(context.req.url).pathname;
    return {
      kind: "valid",
      value: parsed.data,
      shown: proveShown(notice, screen, now()),
    };
  }
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error?.issues ?? []) {
    problems[String(path[0] ?? "")] ??= message;
  }
  return { kind: "invalid", problems, entered, noticeChanged: !shown };
}

/**
 * Whether a signed-in person was shown what is in effect: the current release, or an older one of which only words differ. Where not,
 * `/privacy/changes` shows it and notes it.
 */
export async function hasSeenCurrent(notices: NoticeStore, userId: string): Promise<boolean> {
  const current = await notices.current("service");
  if (current === undefined) return true;
  const alike = (await notices.all()).filter(
    ({ product, version }) => product === "service" && version === current.version,
  );
  return notices.wasShown(
    userId,
    alike.map(({ id }) => id),
  );
}

/**
 * Lets a signed-in person into their account only after they were shown what is in effect; the page that shows it leads back. Mount
 * it before the account's pages.
 */
export function requireCurrentNotice({
  notices,
}: {
  readonly notices: NoticeStore;
}): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const { signedIn } = context.var;
    if (signedIn === undefined || (await hasSeenCurrent(notices, signedIn.userId))) return next();
    return context.redirect("/privacy/changes", 303);
  };
}

/** Notes that a person was shown a notice; after sign-up, with the proof of the form. */
export async function recordShown(
  notices: NoticeStore,
  userId: string,
  shown: NoticeShown,
): Promise<void> {
  await notices.addShown(userId, shown.noticeId, shown.screen, shown.atMs);
}

function sign(context: ServerContext, noticeId: string): string {
  const mac = createHmac("sha256", context.var.formKey).update(`notice:${noticeId}`);
  return `${noticeId}.${mac.digest("base64url")}`;
}

function isSame(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
