import { Hono } from "hono";
import decodeQR from "qr/decode.js";
import { expect, test } from "vitest";
import { QrCode } from "./qr.tsx";

/** The picture's dots as a camera sees them, eight a module, and what it reads. */
async function read(svg: string): Promise<string> {
  const side = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const scale = 8;
  const width = side * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, left, top] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let y = 0; y < scale; y += 1)
      for (let x = 0; x < scale; x += 1) {
        const at = ((Number(top) * scale + y) * width + Number(left) * scale + x) * 4;
        data.fill(0, at, at + 3);
      }
  return decodeQR({ width, height: width, data });
}

test("a camera reads from the picture what it was made of", async () => {
  const texts = [
    "otpauth://totp/Cloud%20Code:ada%40example.com?secret=GVEHI5TXGU4WGNSELJUWQQSBMFLG44BUK5KUEUSHK5TGI3DPHA4Q&issuer=Cloud+Code&digits=6&period=30",
    "a",
    "刘伟".repeat(40),
  ];
  for (const text of texts) {
    const app = new Hono().get("/", (context) => context.html(QrCode({ text, label: "key" })));
    const svg = await (await app.request("/")).text();
    expect(svg).toContain('role="img" aria-label="key"');
    expect(await read(svg)).toBe(text);
  }
});
