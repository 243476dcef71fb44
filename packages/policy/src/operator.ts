import type { Text } from "./text.ts";

/** Who answers for an installation and its data. Whoever runs the service passes their own to `renderNotice`. */
export interface Operator {
  /** As it reads in the middle of a sentence. */
  readonly name: Text;
  /** Where a person turns to, as it reads after "Write to". */
  readonly contact: Text;
  /** A page or `mailto:` address of the contact. */
  readonly contactUrl?: string;
  /** Where the operator is established, ISO 3166-1 alpha-2: whose working days and holidays the clocks count. */
  readonly country?: string;
  /** Where the operator's day begins and ends, a name of the IANA time zone database: a request is due at the end of a day there. */
  readonly timeZone?: string;
  /** Who handles data for the operator and on its instructions; printed with the disclosures and on the page of sub-processors. */
  readonly processors?: readonly Processor[];
}

/** A company that handles data for the operator and on its instructions. */
export interface Processor {
  readonly name: string;
  readonly task: Text;
  /** Country or region in which it handles the data. */
  readonly place: Text;
}

/** Who answers for the software as it is published. It runs on the computers of others, so the contact is where it came from. */
export const publisher: Operator = {
  name: { en: "the Cloud Code project", zh: "Cloud Code 项目" },
  contact: {
    en: "the issue tracker of the place you got Cloud Code from, or the contact page of the Cloud Code service you use",
    zh: "您获取 Cloud Code 之处的问题反馈页面，或您所用 Cloud Code 服务的联系页面",
  },
};

/** Stands in for whoever runs a Cloud Code service until they say who they are. */
export const unnamedOperator: Operator = {
  name: {
    en: "the operator named on the contact page",
    zh: "联系页面所列明的运营者",
  },
  contact: {
    en: "the contact page of the Cloud Code service you use",
    zh: "您所用 Cloud Code 服务的联系页面",
  },
};
