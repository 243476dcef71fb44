import type { ServerContext } from "../environment.ts";
import { ButtonLink, Page } from "./components.tsx";
import { renderPage } from "./layout.tsx";
import { say } from "./words.ts";

const words = {
  notFound: { en: "This page does not exist", zh: "页面不存在" },
  notFoundText: {
    en: "The address may be mistyped, or what was here has been deleted, as the notice says it would be.",
    zh: "地址可能有误，或者相关内容已按声明所述被删除。",
  },
  failed: { en: "Something went wrong on our side", zh: "我们这边出了问题" },
  failedText: {
    en: "Nothing you entered was lost on the way to somebody else. Please try again; if it happens again, tell us.",
    zh: "您填写的内容没有泄露给任何人。请重试；如仍出现问题，请告诉我们。",
  },
  home: { en: "Go to the home page", zh: "返回首页" },
  support: { en: "Tell us", zh: "告诉我们" },
} as const;

/** The page for an address that leads nowhere. */
export function notFoundPage(context: ServerContext): Response | Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.notFound, status: 404 },
    <Page title={text.notFound} lead={text.notFoundText} sheet>
      <ButtonLink href="/">{text.home}</ButtonLink>
    </Page>,
  );
}

/** The page for a fault of the service. It says nothing of the fault: that is in the log. */
export function failedPage(context: ServerContext): Response | Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.failed, status: 500 },
    <Page title={text.failed} lead={text.failedText} sheet>
      <div class="actions">
        <ButtonLink href="/">{text.home}</ButtonLink>
        <ButtonLink href="/support" kind="quiet">
          {text.support}
        </ButtonLink>
      </div>
    </Page>,
  );
}
