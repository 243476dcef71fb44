import { expect, test } from "vitest";
import { promises } from "./promises.ts";

test("nine promises of the assistant, nine of the gateway, fifteen of the service", () => {
  const letters = { assistant: "A", gateway: "G", service: "C" };
  const counts = { assistant: 9, gateway: 9, service: 15 };
  for (const product of ["assistant", "gateway", "service"] as const) {
    const ids = Array.from(
      { length: counts[product] },
      (_, index) => `${letters[product]}${index + 1}`,
    );
    const found = Object.entries(promises).filter(([, pledge]) => pledge.product === product);
    expect(found.map(([id]) => id)).toEqual(ids);
  }
});

test("every promise is worded in both languages and names its evidence", () => {
  for (const [id, { text, proof, proofs }] of Object.entries(promises)) {
    for (const words of [text, proof]) {
      expect(words.en, id).toMatch(/^[A-Z].*\.$/s);
      expect(words.zh, id).toMatch(/\p{Script=Han}.*。$/su);
    }
    expect(new Set(proofs).size, id).toBe(proofs.length);
  }
});
