/** The words of the letters about accounts. */
import type { Language, Text } from "@cloud-code/policy";
import type { Letter } from "./mail.ts";

/** Which letter, and what it has to carry. */
export type LetterKind =
  | { readonly kind: "confirm-email"; readonly url: string }
  | { readonly kind: "email-known"; readonly url: string }
  | { readonly kind: "reset-password"; readonly url: string }
  | { readonly kind: "confirm-new-email"; readonly url: string }
  | { readonly kind: "email-changed" }
  | { readonly kind: "password-changed" }
  | { readonly kind: "second-factor-changed" }
  | { readonly kind: "invitation"; readonly url: string; readonly organization: string };

/** Writes a letter in the reader's language. */
export function writeLetter(to: string, language: Language, kind: LetterKind): Letter {
  const { subject, body } = words(kind);
  const text = [body[language], "url" in kind ? kind.url : undefined, closing[language]];
  return {
    to,
    subject: subject[language],
    text: `${text.filter((part) => part !== undefined).join("\n\n")}\n`,
  };
}

const closing: Text = {
  en: "Cloud Code. This letter is about your account; it is not advertising.",
  zh: "Cloud Code。本邮件仅与您的账户有关，并非广告。",
};

function words(letter: LetterKind): { readonly subject: Text; readonly body: Text } {
  switch (letter.kind) {
    case "confirm-email":
      return {
        subject: { en: "Confirm your e-mail address", zh: "请确认您的电子邮箱" },
        body: {
          en: "Open this address within 24 hours and press the button to confirm that the e-mail address is yours. If you did not open an account, do nothing; without confirmation it cannot be used.",
          zh: "请在 24 小时内打开以下链接并点击按钮，确认该邮箱属于您。如果您没有注册账户，请忽略本邮件；未经确认的账户无法使用。",
        },
      };
    case "email-known":
      return {
        subject: { en: "You already have an account", zh: "您已拥有账户" },
        body: {
          en: "Somebody, probably you, tried to open an account with this e-mail address. It has one already; nothing was changed. If you forgot the password, choose a new one here:",
          zh: "有人（可能是您本人）尝试用该邮箱注册账户。该邮箱已有账户，未作任何更改。如果您忘记了密码，可在此重设：",
        },
      };
    case "reset-password":
      return {
        subject: { en: "Choose a new password", zh: "重设密码" },
        body: {
          en: "Open this address within one hour to choose a new password. If you did not ask for it, do nothing; your password stays as it is.",
          zh: "请在一小时内打开以下链接设置新密码。如果并非您本人操作，请忽略本邮件，密码保持不变。",
        },
      };
    case "confirm-new-email":
      return {
        subject: { en: "Confirm your new e-mail address", zh: "请确认您的新邮箱" },
        body: {
          en: "Open this address within one hour to make this the e-mail address of your account. Until then the old one stays in use.",
          zh: "请在一小时内打开以下链接，将此邮箱设为您的账户邮箱。在此之前仍使用原邮箱。",
        },
      };
    case "email-changed":
      return {
        subject: { en: "Your e-mail address was changed", zh: "您的账户邮箱已更改" },
        body: {
          en: "The e-mail address of your account was changed; this one is no longer in use. If it was not you, write to us at once.",
          zh: "您的账户邮箱已更改，本邮箱不再使用。如果并非您本人操作，请立即与我们联系。",
        },
      };
    case "password-changed":
      return {
        subject: { en: "Your password was changed", zh: "您的密码已更改" },
        body: {
          en: "The password of your account was changed and all other sessions were ended. If it was not you, choose a new password at once and write to us.",
          zh: "您的账户密码已更改，其他会话均已结束。如果并非您本人操作，请立即重设密码并与我们联系。",
        },
      };
    case "second-factor-changed":
      return {
        subject: { en: "Your second factor was changed", zh: "您的第二重验证已更改" },
        body: {
          en: "A second factor of your account was added or removed. If it was not you, change your password at once and write to us.",
          zh: "您的账户新增或移除了第二重验证方式。如果并非您本人操作，请立即更改密码并与我们联系。",
        },
      };
    case "invitation":
      return {
        subject: { en: "An invitation to an organization", zh: "组织邀请" },
        body: {
          en: `You are invited to the organization “${letter.organization}”. Sign in with this e-mail address and open this within seven days:`,
          zh: `您受邀加入组织“${letter.organization}”。请使用此邮箱登录，并在七天内打开以下链接：`,
        },
      };
  }
}
