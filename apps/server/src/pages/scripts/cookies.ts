/**
 * Shows the cookie question with vanilla-cookieconsent in place of the plain form at the end of the page, and sends that form when
 * the person has answered, so that the answer gets into the ledger in both cases.
 */
import { acceptedCategory, run } from "vanilla-cookieconsent";

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (html: string) => string }): unknown;
}

const section = document.getElementById("cookie-question");
const form = section?.querySelector("form");
if (section !== null && form !== null && form !== undefined) {
  allowItsMarkup();
  // The plain form stays in the page, unseen, because it carries the token and the proof that the notice was shown.
  section.hidden = true;
  await run(toSettings(section, form));
}

/**
 * The page allows no string to become markup. The library makes its dialogs that way, from its own drawings and our words: plain text,
 * line drawings and links within the site pass, everything else is refused.
 */
function allowItsMarkup(): void {
  const { trustedTypes } = globalThis as typeof globalThis & { trustedTypes?: TrustedTypes };
  const harmless = /^(?:[^<]|<\/?(?:svg|path|g|circle|span)\b[^<>]*>|<a href="\/[^"<>]*">|<\/a>)*$/;
  trustedTypes?.createPolicy("default", {
    createHTML: (html) => {
      if (harmless.test(html) && !/\son\w+\s*=/i.test(html)) return html;
      throw new TypeError("The cookie question may not write this markup.");
    },
  });
}

function toSettings(question: HTMLElement, answerForm: HTMLFormElement): Parameters<typeof run>[0] {
  const words = question.dataset;
  const title = question.querySelector("h2")?.textContent ?? "";
  const description = question.querySelector("[data-description]")?.textContent ?? "";
  const word = (key: string): string => words[key] ?? "";
  const language = word("language");
  return {
    // A question that some programs do not see could not be tested by any.
    hideFromBots: false,
    revision: Number(word("revision")),
    cookie: {
      name: "cookie_choice",
      domain: "",
      path: "/",
      sameSite: "Lax",
      secure: location.protocol === "https:",
      expiresAfterDays: 183,
    },
    guiOptions: {
      consentModal: { layout: "box wide", position: "bottom left", equalWeightButtons: true },
      preferencesModal: { layout: "box", equalWeightButtons: true },
    },
    categories: { necessary: { enabled: true, readOnly: true }, display: {} },
    onFirstConsent: () => {
      void send(answerForm);
    },
    onChange: () => {
      void send(answerForm);
    },
    language: {
      default: language,
      translations: {
        [language]: {
          consentModal: {
            title,
            description,
            acceptAllBtn: word("accept"),
            acceptNecessaryBtn: word("refuse"),
            // The answer is recorded as one to this notice, so the notice stands beside it.
            footer: `<a href="/privacy">${word("notice")}</a><a href="/privacy/cookies">${word("more")}</a>`,
          },
          preferencesModal: {
            title: word("more"),
            acceptAllBtn: word("accept"),
            acceptNecessaryBtn: word("refuse"),
            savePreferencesBtn: word("save"),
            closeIconLabel: word("close"),
            sections: [
              {
                title: word("necessary"),
                description: word("necessaryText"),
                linkedCategory: "necessary",
              },
              {
                title: word("display"),
                description: word("displayText"),
                linkedCategory: "display",
              },
            ],
          },
        },
      },
    },
  };
}

async function send(answerForm: HTMLFormElement): Promise<void> {
  const body = new URLSearchParams({ answer: acceptedCategory("display") ? "accept" : "refuse" });
  for (const field of answerForm.querySelectorAll("input")) body.append(field.name, field.value);
  await fetch(answerForm.action, {
    method: "POST",
    body,
    redirect: "manual",
  });
}
