import { maxPasswordLength, minPasswordLength } from "./library.ts";

/** What is wrong with a password that was chosen. */
export type PasswordFault = "too-short" | "too-long" | "too-common";

// A guesser who may try a hundred a second for a year gets through 10^9.5; below this a password is on everybody's list.
const MIN_GUESSES_LOG10 = 9;

/**
 * Judges a new password: its length, and how soon it would be guessed by someone who has the lists of leaked passwords and knows
 * the person's own words (name, address, company). What it is composed of does not matter.
 */
export async function judgePassword(
  password: string,
  ownWords: readonly string[],
): Promise<PasswordFault | undefined> {
  if (Array.from(password).length < minPasswordLength) return "too-short";
  if (password.length > maxPasswordLength) return "too-long";
  const estimate = await loadEstimator();
  const words = ["cloudcode", "cloud", "code", ...ownWords.flatMap(toParts)];
  return estimate(password, words) < MIN_GUESSES_LOG10 ? "too-common" : undefined;
}

/** `liu.wei@example.com` is also `liu`, `wei`, `example` and `com`. */
function toParts(word: string): readonly string[] {
  return [word, ...word.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length > 2);
}

type Estimator = (password: string, words: readonly string[]) => number;

let loading: Promise<Estimator> | undefined;

/** The lists are large, so they are read when the first password is chosen, not when the program starts. */
async function loadEstimator(): Promise<Estimator> {
  loading ??= (async () => {
    const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
      import("@zxcvbn-ts/core"),
      import("@zxcvbn-ts/language-common"),
    ]);
    const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
    return (password: string, words: readonly string[]) =>
      estimator.check(password, [...words]).guessesLog10;
  })();
  return loading;
}
