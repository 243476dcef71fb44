/** Morse code, written and read, as text and as sound. https://www.itu.int/rec/R-REC-M.1677 */

const codes: Readonly<Record<string, string>> = {
  a: ".-", b: "-...", c: "-.-.", d: "-..", e: ".", f: "..-.", g: "--.", h: "....", i: "..", j: ".---", k: "-.-", l: ".-..", m: "--",
  n: "-.", o: "---", p: ".--.", q: "--.-", r: ".-.", s: "...", t: "-", u: "..-", v: "...-", w: ".--", x: "-..-", y: "-.--", z: "--..",
  0: "-----", 1: ".----", 2: "..---", 3: "...--", 4: "....-", 5: ".....", 6: "-....", 7: "--...", 8: "---..", 9: "----.",
}; // prettier-ignore
const letters = new Map(Object.entries(codes).map(([letter, code]) => [code, letter]));

const sampleRate = 8000;
/** Length of a dot in samples: 20 ms. */
const dotSamples = 160;

/** "sos" is "... --- ..."; words are parted by " / ", characters without a code are dropped. */
export function toMorse(text: string): string {
  const words = text.toLowerCase().split(/\s+/);
  return words
    .map((word) =>
      Array.from(word)
        .flatMap((letter) => codes[letter] ?? [])
        .join(" "),
    )
    .join(" / ");
}

/** The other way round. */
export function fromMorse(morse: string): string {
  return morse
    .split(" / ")
    .map((word) =>
      word
        .split(" ")
        .map((code) => letters.get(code) ?? "")
        .join(""),
    )
    .join(" ");
}

/** A WAV recording (8 kHz, 8 bit, mono) of a text. */
export function toSound(text: string, pitchHz: number): Uint8Array {
  // In dots: tone 1 or 3, pause 1 within a letter, 3 between letters, 7 between words.
  const pulses = toMorse(text)
    .replaceAll(" / ", "_______")
    .replaceAll(" ", "___")
    .replaceAll(/[.-](?=[.-])/g, "$&_")
    .replaceAll("-", "===")
    .replaceAll(".", "=");
  const samples = Buffer.alloc(pulses.length * dotSamples, 128);
  pulses.split("").forEach((pulse, position) => {
    if (pulse !== "=") return;
    for (let sample = position * dotSamples; sample < (position + 1) * dotSamples; sample += 1) {
      samples[sample] =
        128 + Math.round(100 * Math.sin((2 * Math.PI * pitchHz * sample) / sampleRate));
    }
  });
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** The text of a recording made by {@link toSound}; null for any other sound. */
export function fromSound(recording: Uint8Array): string | null {
  const data = Buffer.from(recording);
  if (
    data.length < 44 ||
    data.toString("latin1", 0, 4) !== "RIFF" ||
    data.readUInt32LE(24) !== sampleRate
  )
    return null;
  let pulses = "";
  for (let start = 44; start + dotSamples <= data.length; start += dotSamples) {
    pulses += data.subarray(start, start + dotSamples).some((sample) => Math.abs(sample - 128) > 50)
      ? "="
      : "_";
  }
  const morse = pulses
    .replaceAll("===", "-")
    .replaceAll("=", ".")
    .replaceAll("_______", " / ")
    .replaceAll("___", " ")
    .replaceAll("_", "");
  return fromMorse(morse);
}
