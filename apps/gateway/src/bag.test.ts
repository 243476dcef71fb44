import fc from "fast-check";
import { expect, test } from "vitest";
import { Bag, type Placed } from "./bag.ts";

test("a bag holds what a set would", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (choices) => {
      const [bag, set] = [new Bag(), new Set<Placed>()];
      for (const choice of choices) {
        const item = [...set][choice];
        if (item === undefined) {
          const added = { place: -1 };
          bag.add(added);
          set.add(added);
        } else {
          bag.remove(item);
          set.delete(item);
        }
        expect(bag.size).toBe(set.size);
      }
      expect(new Set(bag.all())).toEqual(set);
      for (const item of bag.all()) bag.remove(item);
      expect(bag.size).toBe(0);
    }),
  );
});
