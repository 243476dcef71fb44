import type { ProductKey } from "./product.ts";
import type { Text } from "./text.ts";

/** How data is protected; printed as the list of protective measures of each product that has the measure. */
export interface Measure {
  readonly text: Text;
  readonly products: readonly ProductKey[];
}

/** The protective measures. */
export const measures: readonly Measure[] = [
  {
    text: {
      en: "Nothing is sent without a permit, which one single function issues after checking the item, the purpose, the receiver, your choices and the rules of your organisation.",
      zh: "未取得许可凭据不发送任何内容；许可仅由唯一的判定函数签发，签发前核对数据项、目的、接收方、您的选择以及您所在组织的规定。",
    },
    products: ["assistant", "gateway"],
  },
  {
    text: {
      en: "Connections are encrypted with TLS. An unencrypted address is refused, unless it is on the same computer or was explicitly allowed.",
      zh: "连接均以 TLS 加密；未加密的地址一律拒绝，除非其位于同一台计算机或经明确允许。",
    },
    products: ["assistant", "gateway", "service"],
  },
  {
    text: {
      en: "Files that hold secrets, such as .env files, keys and certificates, are never read, indexed or sent.",
      zh: "含有机密的文件（例如 .env 文件、密钥和证书）一律不读取、不索引、不发送。",
    },
    products: ["assistant"],
  },
  {
    text: {
      en: "Logs and error messages carry no code, no content and no secrets.",
      zh: "日志与错误信息不含代码、内容或机密。",
    },
    products: ["assistant", "gateway", "service"],
  },
  {
    text: {
      en: "There is no database and no cache that content could be written to; the program can be ended at any moment without leaving anything behind.",
      zh: "程序没有可写入内容的数据库或缓存；可随时终止而不留下任何数据。",
    },
    products: ["gateway"],
  },
  {
    text: {
      en: "Passwords are kept as Argon2id hashes, session tokens as hashes; neither can be read back by anybody.",
      zh: "密码以 Argon2id 散列值保存，会话令牌以散列值保存，任何人都无法还原。",
    },
    products: ["service"],
  },
  {
    text: {
      en: "Access is limited to the people and functions that need it for a declared purpose, in the program and again in the database.",
      zh: "访问权限仅授予为已声明目的所必需的人员和功能，程序与数据库双重限制。",
    },
    products: ["service"],
  },
  {
    text: {
      en: "Who did what with personal data is recorded in a log that shows every later change to itself.",
      zh: "对个人信息的每一次操作均记入日志，日志若被事后改动即可发现。",
    },
    products: ["service"],
  },
  {
    text: {
      en: "Backups are encrypted and restored as an exercise, and what you had erased stays erased after a restore.",
      zh: "备份经过加密并定期演练恢复；您已删除的数据在恢复之后仍保持删除。",
    },
    products: ["service"],
  },
];
