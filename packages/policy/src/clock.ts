const dayMs = 86_400_000;

/** The days within which a question, suggestion or complaint is answered (promises A9 and C15). */
export const answerDays = 15;

/** The days before the due date at which an unanswered one is brought to somebody's attention. */
export const escalationDays = 5;

/** When an answer is due, and from when on its absence is an alarm. */
export interface AnswerDeadline {
  readonly dueMs: number;
  readonly escalateMs: number;
}

/** The clock of a question received at a moment: plain days, in milliseconds since 1970. */
export function answerDeadline(receivedMs: number): AnswerDeadline {
  const dueMs = receivedMs + answerDays * dayMs;
  return { dueMs, escalateMs: dueMs - escalationDays * dayMs };
}
