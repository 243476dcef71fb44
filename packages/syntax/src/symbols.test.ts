import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { symbols } from "./index.ts";
import type { Language } from "./index.ts";

/** Checks that a text declares exactly these, each as "kind Owner.name lines", lines counted from 1. */
function check(language: Language, text: string, expected: readonly string[]): void {
  const line = (offset: number): number => text.slice(0, offset).split("\n").length;
  const shown = symbols(text, language).map(
    ({ kind, owner, name, start, end }) =>
      `${kind} ${owner === "" ? name : `${owner}.${name}`} ${line(start)}-${line(end)}`,
  );
  expect(shown).toEqual(expected);
}

describe("symbols", () => {
  it("TypeScript: declarations, members, functions as values, and tests by their titles", () => {
    check(
      "typescript",
      `/** Reads. */
export async function readFile(path: string): Promise<string> {
  return open(path);
}
export const sum = (a: number, b: number): number => a + b;
export class Store<T> extends Map<string, T> {
  #size = 0;
  readonly name?: string;
  constructor(private x: number) { super(); }
  get size(): number { return this.#size; }
  on = (event: string) => { emit(event) };
}
interface Options { limit: number; parse(text: string): Node }
export type Path = { a: string } | string;
enum Color { Red = 1, Green }
describe("the store", () => {
  it("keeps", () => {
    expect(1).toBe(1);
  });
});`,
      [
        "function readFile 1-4",
        "function sum 5-5",
        "class Store 6-12",
        "field Store.#size 7-7",
        "field Store.name 8-8",
        "constructor Store.constructor 9-9",
        "method Store.size 10-10",
        "method Store.on 11-11",
        "interface Options 13-13",
        "field Options.limit 13-13",
        "method Options.parse 13-13",
        "type Path 14-14",
        "enum Color 15-15",
        "constant Color.Red 15-15",
        "constant Color.Green 15-15",
        "test the store 16-20",
        "test keeps 17-19",
      ],
    );
  });
  it("JavaScript: what modules export by assignment, with and without semicolons", () => {
    check(
      "javascript",
      `exports.read = function (path) { return path }
module.exports = { write(a) {}, close: () => 1 }
Stream.prototype.pipe = function pipe(to) {}
const app = express()
app.get("/", handler)
;(function () { function inner() {} })()
function last() {}`,
      [
        "function read 1-1",
        "method write 2-2",
        "method close 2-2",
        "method Stream.pipe 3-3",
        "constant app 4-4",
        "function inner 6-6",
        "function last 7-7",
      ],
    );
  });
  it("Java: annotations, enums with members, records and abstract methods", () => {
    check(
      "java",
      `package a.b;
import java.util.*;
/** A list. */
@SuppressWarnings("x")
public abstract class Box<T extends Comparable<T>> implements Iterable<T> {
  private static final int MAX = 3, MIN = 1;
  public Box(int size) { this.size = size; }
  @Override public Iterator<T> iterator() { return null; }
  abstract <R> R map(Function<? super T, R> f) throws IOException;
  enum Unit { SECONDS(1) { int x() { return 1; } }, DAYS(2); private final int n; Unit(int n) { this.n = n; } }
}
record Point(int x, int y) {}
@interface Mark { String value() default ""; }`,
      [
        "class Box 3-11",
        "field Box.MAX 6-6",
        "constructor Box.Box 7-7",
        "method Box.iterator 8-8",
        "method Box.map 9-9",
        "enum Box.Unit 10-10",
        "constant Box.Unit.SECONDS 10-10",
        "constant Box.Unit.DAYS 10-10",
        "field Box.Unit.n 10-10",
        "constructor Box.Unit.Unit 10-10",
        "class Point 12-12",
        "interface Mark 13-13",
        "method Mark.value 13-13",
      ],
    );
  });
  it("Python: decorators, documentation strings, and blocks that end with their indentation", () => {
    check(
      "python",
      `LIMIT = 3

class Reader(Base):
    """Reads."""
    size: int = 0

    def __init__(self, path):
        self.path = path

    @property
    def name(self):
        def inner(): pass
        return inner

async def load(
    path,
):
    pass
def test_load():
    assert load`,
      [
        "constant LIMIT 1-1",
        "class Reader 3-13",
        "field Reader.size 5-5",
        "constructor Reader.__init__ 7-8",
        "method Reader.name 10-13",
        "function load 15-18",
        "test test_load 19-20",
      ],
    );
  });
  it("Go: receivers, groups and struct types", () => {
    check(
      "go",
      `package http
// Cookie is one.
type Cookie struct {
	Name string
	Value string
}
type (
	A int
	B interface { Close() error }
)
const (
	X = iota
	Y
)
func (c *Cookie) String() string { return c.Name }
func Parse[T any](line string) (T, error) {
	return nil
}`,
      [
        "class Cookie 2-6",
        "field Cookie.Name 4-4",
        "field Cookie.Value 5-5",
        "type A 8-8",
        "interface B 9-9",
        "method B.Close 9-9",
        "constant X 12-12",
        "constant Y 13-13",
        "method Cookie.String 15-15",
        "function Parse 16-18",
      ],
    );
  });
  it("Rust: implementations give their members to the type", () => {
    check(
      "rust",
      `/// Docs
#[derive(Debug)]
pub struct Stack<T> { items: Vec<T>, pub len: usize }
impl<T> Stack<T> {
    pub const MAX: usize = 3;
    pub fn push(&mut self, item: T) { self.items.push(item) }
}
impl<T> Iterator for Stack<T> { type Item = T; fn next(&mut self) -> Option<T> { None } }
pub enum Shape { Circle(f32), Square { side: f32 } }
macro_rules! hash { () => {} }
mod inner { pub fn deep() {} }`,
      [
        "class Stack 1-3",
        "field Stack.items 3-3",
        "field Stack.len 3-3",
        "field Stack.MAX 5-5",
        "method Stack.push 6-6",
        "type Stack.Item 8-8",
        "method Stack.next 8-8",
        "enum Shape 9-9",
        "constant Shape.Circle 9-9",
        "constant Shape.Square 9-9",
        "macro hash 10-10",
        "module inner 11-11",
        "function deep 11-11",
      ],
    );
  });
  it("C and C++: definitions in and out of their class", () => {
    check(
      "cpp",
      `#define LIMIT 3
namespace io {
class Reader : public Base {
 public:
  explicit Reader(int fd);
  int read(char *to, size_t n) const override;
 private:
  int fd_;
};
int Reader::read(char *to, size_t n) const { return 0; }
}
struct stat *find(const char *name) { return 0; }
typedef unsigned int word;
int parse(int a);`,
      [
        "macro LIMIT 1-1",
        "module io 2-11",
        "class Reader 3-9",
        "constructor Reader.Reader 4-5",
        "method Reader.read 6-6",
        "field Reader.fd_ 7-8",
        "method Reader.read 10-10",
        "function find 12-12",
        "type word 13-13",
        "function parse 14-14",
      ],
    );
  });
  it("C#, PHP, Ruby and languages without a lexer of their own", () => {
    check(
      "csharp",
      `namespace A.B;
[Serializable]
public class Order { public int Id { get; set; } public void Pay(decimal sum) { } }`,
      ["module A.B 1-1", "class Order 2-3", "field Order.Id 3-3", "method Order.Pay 3-3"],
    );
    check("php", `<?php\nclass A { const X = 1; public function run($a) { } }\nfunction go() { }`, [
      "class A 2-2",
      "field A.X 2-2",
      "method A.run 2-2",
      "function go 3-3",
    ]);
    check(
      "ruby",
      `module M\n  class A < B\n    def run(x)\n      x\n    end\n    def self.make; end\n  end\nend`,
      ["module M 1-8", "class M.A 2-7", "method M.A.run 3-5", "method M.A.make 6-6"],
    );
    check(
      "generic",
      `class Box(val size: Int) {\n  fun grow(by: Int): Int {\n    return by\n  }\n}\nfun main() {\n}`,
      ["class Box 1-5", "method Box.grow 2-4", "function main 6-7"],
    );
  });
  it("any text has symbols that lie within it, in time linear in its length", () => {
    const words = fc.constantFrom(
      ..."class A { } ( ) [ ] ; , = => : function def fn impl enum const struct interface type func @ # . :: < > \n end import".split(
        " ",
      ),
      "\n",
      "  ",
      '"x"',
      "// c\n",
    );
    const language = fc.constantFrom<Language>(
      ...([
        "typescript",
        "java",
        "python",
        "go",
        "rust",
        "cpp",
        "csharp",
        "php",
        "ruby",
        "generic",
      ] as const),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 80 }), language, (parts, each) => {
        const text = parts.join(" ");
        for (const symbol of symbols(text, each)) {
          expect(symbol.start).toBeGreaterThanOrEqual(0);
          expect(symbol.end).toBeLessThanOrEqual(text.length);
          expect(symbol.nameStart).toBeGreaterThanOrEqual(symbol.start);
          expect(symbol.end).toBeGreaterThan(symbol.start);
        }
      }),
      { numRuns: 400 },
    );
    for (const nest of ["{", "(", "class A {", "a = {", "describe('x', () => {"])
      symbols(nest.repeat(3_000), "typescript");
  });
});
