/** Organizations: who belongs to which, as what, and who is invited. Every function names the organization it is allowed to see. */
import { randomBytes, randomUUID } from "node:crypto";
import { and, asc, count, eq, gt, inArray } from "drizzle-orm";
import type { Database } from "../../database/database.ts";
import { readFor } from "../../database/reading.ts";
import { hashToken } from "../hashing.ts";
import { invitations, members, organizations, usersClassified } from "../tables.ts";

/** What a member may do in an organization. */
export type MemberRole = (typeof members.$inferSelect)["role"];

/** Every role, in the order they are offered. */
export const memberRoles = [
  "member",
  "owner",
  "privacy-officer",
  "auditor",
] as const satisfies readonly MemberRole[];

/** A membership of a person. */
export interface Membership {
  readonly organizationId: string;
  readonly name: string;
  readonly role: MemberRole;
}

/** Someone in an organization, as its members see them. */
export interface Member {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  readonly role: MemberRole;
}

/** What became of a change: the last owner stays, since nobody could take care of the organization afterwards. */
export type MemberChange = "done" | "last-owner" | "unknown";

const INVITATION_MS = 7 * 24 * 60 * 60 * 1000;

/** The organizations in the database. */
export class OrganizationStore {
  readonly #database: Database;
  readonly #now: () => number;

  constructor({ database, now }: { readonly database: Database; readonly now: () => number }) {
    this.#database = database;
    this.#now = now;
  }

  /** Founds an organization; the founder owns it. */
  async found(userId: string, name: string): Promise<string> {
    const id = randomUUID();
    const createdAt = new Date(this.#now());
    await this.#database.orm.transaction(async (transaction) => {
      await transaction.insert(organizations).values({ id, name, createdAt });
      await transaction
        .insert(members)
        .values({ id: randomUUID(), organizationId: id, userId, role: "owner", createdAt });
    });
    return id;
  }

  /** The person's memberships, by name. */
  async listOf(userId: string): Promise<readonly Membership[]> {
    return this.#database.orm
      .select({
        organizationId: organizations.id,
        name: organizations.name,
        role: members.role,
      })
      .from(members)
      .innerJoin(organizations, eq(organizations.id, members.organizationId))
      .where(eq(members.userId, userId))
      .orderBy(asc(organizations.name));
  }

  /** The person's membership of one organization; `undefined` when they do not belong to it. */
  async findFor(userId: string, organizationId: string): Promise<Membership | undefined> {
    return (await this.listOf(userId)).find((each) => each.organizationId === organizationId);
  }

  /** The members of an organization, by username. */
  async listMembers(organizationId: string): Promise<readonly Member[]> {
    const rows = await this.#database.orm
      .select({ id: members.id, userId: members.userId, role: members.role })
      .from(members)
      .where(eq(members.organizationId, organizationId));
    if (rows.length === 0) return [];
    const names = await readFor(
      this.#database,
      "keep-account",
      usersClassified,
      ["id", "displayUsername"],
      {
        where: ({ id }) =>
          inArray(
            id,
            rows.map(({ userId }) => userId),
          ),
      },
    );
    const nameOf = new Map(names.map(({ id, displayUsername }) => [id, displayUsername]));
    return rows
      .map((row) => ({ ...row, username: nameOf.get(row.userId) ?? "" }))
      .toSorted((one, other) => one.username.localeCompare(other.username));
  }

  /** Gives a member another role. */
  async changeRole(
    organizationId: string,
    memberId: string,
    role: MemberRole,
  ): Promise<MemberChange> {
    return this.#keepingAnOwner(organizationId, memberId, async (orm, chosen) => {
      await orm.update(members).set({ role }).where(chosen);
    });
  }

  /** Takes a member out of an organization. */
  async remove(organizationId: string, memberId: string): Promise<MemberChange> {
    return this.#keepingAnOwner(organizationId, memberId, async (orm, chosen) => {
      await orm.delete(members).where(chosen);
    });
  }

  /** Invites an address; the result is the token of the link to be mailed. */
  async invite(organizationId: string, email: string, role: MemberRole): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    await this.#database.orm.insert(invitations).values({
      id: randomUUID(),
      tokenHash: hashToken(token),
      organizationId,
      email: email.toLowerCase(),
      role,
      expiresAt: new Date(this.#now() + INVITATION_MS),
    });
    return token;
  }

  /** Accepts an invitation, if it was sent to the person's confirmed address. Returns the organization. */
  async accept(userId: string, token: string): Promise<string | undefined> {
    const [person] = await readFor(
      this.#database,
      "keep-account",
      usersClassified,
      ["email", "emailVerified"],
      { where: ({ id }) => eq(id, userId) },
    );
    if (person?.emailVerified !== true) return undefined;
    return this.#database.orm.transaction(async (transaction) => {
      const [invited] = await transaction
        .delete(invitations)
        .where(
          and(
            eq(invitations.tokenHash, hashToken(token)),
            gt(invitations.expiresAt, new Date(this.#now())),
            eq(invitations.email, person.email),
          ),
        )
        .returning({ organizationId: invitations.organizationId, role: invitations.role });
      if (invited === undefined) return undefined;
      await transaction
        .insert(members)
        .values({
          id: randomUUID(),
          organizationId: invited.organizationId,
          userId,
          role: invited.role,
          createdAt: new Date(this.#now()),
        })
        .onConflictDoNothing();
      return invited.organizationId;
    });
  }

  /** Runs a change of one member and takes it back when no owner is left. */
  async #keepingAnOwner(
    organizationId: string,
    memberId: string,
    change: (
      orm: Pick<Database["orm"], "update" | "delete">,
      chosen: ReturnType<typeof and>,
    ) => Promise<void>,
  ): Promise<MemberChange> {
    const chosen = and(eq(members.id, memberId), eq(members.organizationId, organizationId));
    try {
      return await this.#database.orm.transaction(async (transaction) => {
        // Locked, so that two owners who leave at once do not both see the other.
        await transaction
          .select({ id: organizations.id })
          .from(organizations)
          .where(eq(organizations.id, organizationId))
          .for("update");
        const found = await transaction.select({ id: members.id }).from(members).where(chosen);
        if (found.length === 0) return "unknown";
        await change(transaction, chosen);
        const [owners] = await transaction
          .select({ count: count() })
          .from(members)
          .where(and(eq(members.organizationId, organizationId), eq(members.role, "owner")));
        if (owners?.count === 0) throw new LastOwner();
        return "done";
      });
    } catch (error) {
      if (error instanceof LastOwner) return "last-owner";
      throw error;
    }
  }
}

class LastOwner extends Error {}
