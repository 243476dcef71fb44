/**
 * Keeps session tokens out of the database. The library stores them as they are; this stands between it and its tables, stores the
 * hash, looks up by hash, and hands the library back the token it asked with.
 */
import type { DBAdapter, DBTransactionAdapter, Where } from "better-auth";
import { hashToken } from "./hashing.ts";

const MODEL = "session";

/** The adapter, with session tokens hashed on their way in. */
export function hashSessionTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...adapter,
    ...wrap(adapter),
    transaction: async (work) =>
      adapter.transaction(async (inner) => work({ ...inner, ...wrap(inner) })),
  };
}

type FindOne = Parameters<DBTransactionAdapter["findOne"]>[0];
type ConsumeOne = Parameters<DBTransactionAdapter["consumeOne"]>[0];
type Update = Parameters<DBTransactionAdapter["update"]>[0];
type Wrapped = Omit<DBTransactionAdapter, "id" | "options" | "createSchema" | "incrementOne">;

function wrap(adapter: DBTransactionAdapter): Wrapped {
  return {
    create: async (question) => {
      const token: unknown = question.model === MODEL ? question.data["token"] : undefined;
      if (typeof token !== "string") return adapter.create(question);
      const data = { ...question.data, token: hashToken(token) };
      return restore(await adapter.create({ ...question, data }), token);
    },
    findOne: async <T>(question: FindOne) =>
      restoreAsked(await adapter.findOne<T>(hashed(question)), question),
    consumeOne: async <T>(question: ConsumeOne) =>
      restoreAsked(await adapter.consumeOne<T>(hashed(question)), question),
    update: async <T>(question: Update) =>
      restoreAsked(await adapter.update<T>(hashed(question)), question),
    // Rows of many sessions come back with hashes: nothing can be done with them but show when they were used.
    findMany: async (question) => adapter.findMany(hashed(question)),
    count: async (question) => adapter.count(hashed(question)),
    updateMany: async (question) => adapter.updateMany(hashed(question)),
    delete: async (question) => adapter.delete(hashed(question)),
    deleteMany: async (question) => adapter.deleteMany(hashed(question)),
  };
}

interface Question {
  readonly model: string;
  readonly where?: Where[] | undefined;
}

function restoreAsked<T>(row: T | null, question: Question): T | null {
  const token = question.model === MODEL ? question.where?.find(isToken)?.value : undefined;
  return row === null || typeof token !== "string" ? row : restore(row, token);
}

function hashed<Q extends Question>(question: Q): Q {
  if (question.model !== MODEL || question.where === undefined) return question;
  return { ...question, where: question.where.map(hashCondition) };
}

function hashCondition(condition: Where): Where {
  if (!isToken(condition)) return condition;
  const { value } = condition;
  if (typeof value === "string") return { ...condition, value: hashToken(value) };
  if (Array.isArray(value))
    return { ...condition, value: value.map((each) => hashToken(String(each))) };
  return condition;
}

function isToken({ field }: Where): boolean {
  return field === "token";
}

function restore<T>(row: T, token: string): T {
  return { ...row, token };
}
