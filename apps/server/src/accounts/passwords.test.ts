import fc from "fast-check";
import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./hashing.ts";
import { judgePassword, type PasswordFault } from "./passwords.ts";

async function check(
  password: string,
  expected: PasswordFault | undefined,
  ownWords: readonly string[] = [],
): Promise<void> {
  expect([password, await judgePassword(password, ownWords)]).toEqual([password, expected]);
}

test("a password is judged by its length and by how soon it would be guessed, by nothing else", async () => {
  await check("eleven char", "too-short");
  await check("x".repeat(129), "too-long");
  // No rules of composition (ASVS 6.2.5): one kind of character is enough, in any script.
  await check("correcthorsebatterystaple", undefined);
  await check("一只苍鹭飞过武汉的长江大桥", undefined);
  await check("🦆🪿🐦🦢🦩🦚🦜🦤🐧🐓🦃🕊", undefined);
  await check("seven quiet herons over Wuhan", undefined);
  for (const common of [
    "password1234",
    "123456789012",
    "qwertyuiop123",
    "iloveyou1234",
    "aaaaaaaaaaaa",
    "abcdefghijkl",
    "P@ssw0rd2026",
    "cloudcode2026",
  ])
    await check(common, "too-common");
});

test("a password of the person's own words is guessed by whoever knows them", async () => {
  const own = ["zhuangwei", "zhuang.wei@heronworks.example"];
  await check("zhuangwei2026", "too-common", own);
  await check("heronworks1999", "too-common", own);
});

test("a password is verified exactly as it was typed, whatever it is made of (ASVS 6.2.8)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
      async (typed) => {
        const hash = await hashPassword(typed);
        expect(await verifyPassword(hash, typed)).toBe(true);
        for (const other of [`${typed} `, ` ${typed}`, `${typed}\u0000`])
          expect(await verifyPassword(hash, other)).toBe(false);
      },
    ),
    { numRuns: 8 },
  );
});
