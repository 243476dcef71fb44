import { inventory, storageKeys } from "@cloud-code/policy";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerContext } from "../environment.ts";
import { FormToken } from "../forms.tsx";
import { NoticeLine } from "../notices/gate.tsx";
import type { PublishedNotice } from "../notices/store.ts";
import { Button } from "../pages/components.tsx";
import { say } from "../pages/words.ts";

const words = {
  title: { en: "May we remember how you like the pages?", zh: "是否允许我们记住您的显示偏好？" },
  text: {
    en: "One optional cookie would keep whether you prefer light or dark pages. Nothing else is stored, and the site works the same without it.",
    zh: "一个可选 Cookie 会记住您偏好浅色还是深色页面。不存储其他内容；拒绝也不影响网站功能。",
  },
  accept: { en: "Allow", zh: "允许" },
  refuse: { en: "Do not allow", zh: "不允许" },
  more: { en: "All cookies and your choices", zh: "全部 Cookie 与您的选择" },
  save: { en: "Save", zh: "保存" },
  close: { en: "Close", zh: "关闭" },
  necessary: { en: "Necessary", zh: "必要" },
  necessaryText: {
    en: "Sign-in, form protection, the language you picked and this answer. Set only when you use them.",
    zh: "登录、表单防护、您选择的语言以及本次回答。仅在使用时设置。",
  },
} as const;

/**
 * The cookie question at the end of a page: a form that works without JavaScript. With it, `scripts/cookies.ts` shows
 * vanilla-cookieconsent in its place and sends this form. Both answers are one click and look the same.
 */
export function CookieQuestion({
  context,
  notice,
  revision,
}: {
  readonly context: ServerContext;
  readonly notice: PublishedNotice;
  readonly revision: number;
}): JSX.Element {
  const text = say(words, context.var.language);
  const display = inventory[storageKeys.display.item];
  const { pathname, search } = new URL(context.req.url);
  return (
    <section
      class="cookie-question"
      id="cookie-question"
      aria-labelledby="cookie-question-title"
      data-revision={revision}
      data-language={context.var.language}
      data-accept={text.accept}
      data-refuse={text.refuse}
      data-more={text.more}
      data-save={text.save}
      data-close={text.close}
      data-notice={`${notice.texts[context.var.language].title} ${notice.version}.${notice.revision}`}
      data-necessary={text.necessary}
      data-necessary-text={text.necessaryText}
      data-display={display.title[context.var.language]}
      data-display-text={display.detail?.[context.var.language]}
    >
      <form class="wrap stack" method="post" action="/privacy/cookies/choice">
        <FormToken context={context} />
        <input type="hidden" name="to" value={pathname + search} />
        <h2 id="cookie-question-title">{text.title}</h2>
        <p data-description>{text.text}</p>
        <NoticeLine context={context} notice={notice} />
        <div class="actions equal">
          <Button name="answer" value="accept">
            {text.accept}
          </Button>
          <Button name="answer" value="refuse">
            {text.refuse}
          </Button>
        </div>
        <p class="small">
          <a href="/privacy/cookies#choices">{text.more}</a>
        </p>
      </form>
    </section>
  );
}
