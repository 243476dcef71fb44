import { expect, it } from "vitest";
import type { AuditDetail } from "../audit/tables.ts";
import { describeDetail } from "./about.ts";

function check(detail: AuditDetail, en: string, zh: string): void {
  expect([describeDetail(detail, "en"), describeDetail(detail, "zh")]).toEqual([en, zh]);
}

it("says what an entry of the trail is about in words of both languages", () => {
  check({}, "–", "–");
  check({ what: "holds" }, "Legal holds", "法定保全");
  check({ what: "R-ABCDEF" }, "R-ABCDEF", "R-ABCDEF");
  check({ event: "begun", request: "R-ABCDEF" }, "R-ABCDEF · Begun", "R-ABCDEF · 开始处理");
  check(
    { right: "access", request: "R-ABCDEF" },
    "R-ABCDEF · See my data",
    "R-ABCDEF · 查阅我的数据",
  );
  check(
    { event: "assessed", incident: "b792ade6-d6db-4f83-8b15-b48871dfd6d5" },
    "b792ade6 · Assessed",
    "b792ade6 · 评估",
  );
  check({ event: "answered", ticket: "Q-ABCDEF" }, "Q-ABCDEF · answered", "Q-ABCDEF · 已答复");
  check(
    { request: "R-ABCDEF", to: "keep-company-profile" },
    "R-ABCDEF · Keeping your company's profile",
    "R-ABCDEF · 维护公司资料",
  );
  check({ held: 1, rows: 2 }, "Held: 1 · Rows: 2", "保全: 1 · 行数: 2");
  check(
    { incident: "I-ABCDEF", people: 2, drill: true },
    "I-ABCDEF · People: 2 · exercise",
    "I-ABCDEF · 人数: 2 · 演练",
  );
  check(
    { incident: "I-ABCDEF", people: 2, drill: false },
    "I-ABCDEF · People: 2",
    "I-ABCDEF · 人数: 2",
  );
  check(
    { recipient: "mail-service", endpoint: "added" },
    "The mail server configured by the operator · endpoint added",
    "运营者所配置的邮件服务器 · 添加接收地址",
  );
  // What is no key of ours is shown as it is, whatever its name.
  check(
    { what: "constructor", request: "R-ABCDEF" },
    "R-ABCDEF · constructor",
    "R-ABCDEF · constructor",
  );
});
