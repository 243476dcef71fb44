/** The pages for what is not let through: a forged or stale form, a page of somebody else, too much, too often. */
import type { ServerContext } from "./environment.ts";
import { ButtonLink, Page } from "./pages/components.tsx";
import { type PageHead, renderPage } from "./pages/layout.tsx";
import { say } from "./pages/words.ts";

const words = {
  forbidden: { en: "This page is not for your account", zh: "您的账户无权查看此页面" },
  forbiddenText: {
    en: "It belongs to somebody else, or to people with another role. If you need it, ask an administrator for the role.",
    zh: "此页面属于他人，或仅供其他角色使用。如有需要，请向管理员申请相应角色。",
  },
  stale: { en: "The form could not be accepted", zh: "无法接受该表单" },
  staleText: {
    en: "It did not come from a page of ours that is still open, or the browser does not accept the form cookie. Nothing was changed. Go back, reload the page and send the form again.",
    zh: "该表单并非来自本站仍然有效的页面，或浏览器未接受表单 Cookie。未作任何更改。请返回、刷新页面后重新提交。",
  },
  often: { en: "Too many attempts", zh: "尝试次数过多" },
  oftenText: {
    en: "Please wait a little and try again. The limit protects accounts from being guessed; it is counted per address and account and forgotten after an hour.",
    zh: "请稍后再试。此限制用于防止账户被猜测破解；按地址和账户计数，一小时后清除。",
  },
  large: { en: "Too much was sent at once", zh: "提交的内容过大" },
  largeText: {
    en: "A form may carry up to 256 KiB. Nothing was stored. Please shorten what you entered.",
    zh: "单个表单最多 256 KiB。未保存任何内容，请缩短填写的内容。",
  },
  home: { en: "Go to the home page", zh: "返回首页" },
} as const;

/** The page of somebody else. */
export async function forbiddenPage(context: ServerContext): Promise<Response> {
  return refusal(context, 403, "forbidden", "forbiddenText");
}

/** A form without the token that only our pages have. */
export async function staleFormPage(context: ServerContext): Promise<Response> {
  return refusal(context, 403, "stale", "staleText");
}

/** Too many attempts; says when the next one may be. */
export async function limitedPage(context: ServerContext, retryAfterMs: number): Promise<Response> {
  context.header("Retry-After", String(Math.ceil(retryAfterMs / 1000)));
  return refusal(context, 429, "often", "oftenText");
}

/** More than a form may carry. */
export async function tooLargePage(context: ServerContext): Promise<Response> {
  return refusal(context, 413, "large", "largeText");
}

async function refusal(
  context: ServerContext,
  status: NonNullable<PageHead["status"]>,
  title: "forbidden" | "stale" | "often" | "large",
  lead: "forbiddenText" | "staleText" | "oftenText" | "largeText",
): Promise<Response> {
  if (context.req.path.startsWith("/api/")) return context.json({ error: title }, status);
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text[title], status },
    <Page title={text[title]} lead={text[lead]} sheet>
      <ButtonLink href="/">{text.home}</ButtonLink>
    </Page>,
  );
}
