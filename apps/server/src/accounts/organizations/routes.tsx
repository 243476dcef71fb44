/** Organizations: founding one, inviting people, giving them roles. Only a member sees one; only an owner changes it. */
import { Hono } from "hono";
import { z } from "zod";
import type { ServerContext, ServerEnv } from "../../environment.ts";
import { FormToken, readForm } from "../../forms.tsx";
import { writeLetter } from "../../mail/letters.ts";
import {
  ActionButton,
  Banner,
  Button,
  ButtonLink,
  Field,
  Form,
  Page,
  pageTitle,
  Select,
  Table,
} from "../../pages/components.tsx";
import { renderPage } from "../../pages/layout.tsx";
import { notFoundPage } from "../../pages/problems.tsx";
import { say } from "../../pages/words.ts";
import { forbiddenPage, limitedPage } from "../../refusals.tsx";
import type { Services } from "../../services.ts";
import { AccountTabs } from "../account.tsx";
import type { Again } from "../entry.tsx";
import { fields } from "../fields.ts";
import { requireSignedIn } from "../guard.ts";
import { takeTry } from "../limits.ts";
import { type Member, memberRoles, type Membership, OrganizationStore } from "./store.ts";

type Parts = Pick<Services, "database" | "now" | "mail" | "limits" | "config">;

const words = {
  title: { en: "Organizations", zh: "组织" },
  none: { en: "You belong to no organization.", zh: "您目前不属于任何组织。" },
  found: { en: "Found an organization", zh: "创建组织" },
  foundText: {
    en: "For a team or a company: its owners invite people, and its privacy officers and auditors see what concerns them.",
    zh: "适用于团队或公司：所有者可邀请成员，隐私专员与审计员可查看与其相关的内容。",
  },
  inviteSomebody: { en: "Invite somebody", zh: "邀请成员" },
  inviteText: {
    en: "They get a letter with a link that is good for seven days and for their address alone.",
    zh: "对方会收到一封邮件，其中的链接七天内有效，且仅限该邮箱使用。",
  },
  roleOf: { en: "Role of", zh: "角色：" },
  name: { en: "Name", zh: "名称" },
  role: { en: "Role", zh: "角色" },
  person: { en: "Username", zh: "用户名" },
  change: { en: "Change", zh: "更改" },
  remove: { en: "Remove", zh: "移除" },
  leave: { en: "Leave", zh: "退出" },
  invite: { en: "Invite", zh: "邀请" },
  email: { en: "E-mail address", zh: "电子邮箱" },
  invited: { en: "The invitation is on its way.", zh: "邀请已发送。" },
  lastOwner: {
    en: "An organization needs an owner. Make somebody else an owner first.",
    zh: "组织必须有所有者，请先指定其他所有者。",
  },
  accept: { en: "Join the organization", zh: "加入组织" },
  acceptLead: {
    en: "Your username and role will be visible to its members.",
    zh: "组织成员将可看到您的用户名和角色。",
  },
  gone: {
    en: "This invitation is no longer good, or it was sent to another address than yours.",
    zh: "该邀请已失效，或并非发往您的邮箱。",
  },
  owner: { en: "Owner", zh: "所有者" },
  member: { en: "Member", zh: "成员" },
  "privacy-officer": { en: "Privacy officer", zh: "隐私专员" },
  auditor: { en: "Auditor", zh: "审计员" },
} as const;

/** The pages of organizations. */
export function routes(parts: Parts): Hono<ServerEnv> {
  const { limits, mail, config } = parts;
  const store = new OrganizationStore(parts);
  const app = new Hono<ServerEnv>();

  app.get("/account/organizations", async (context) => {
    const { userId } = requireSignedIn(context);
    return listPage(context, await store.listOf(userId), {});
  });
  app.post("/account/organizations", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(context, z.object({ name: fields(context.var.language).line }));
    if (form.kind === "invalid") return listPage(context, await store.listOf(userId), form);
    const waitMs = takeTry(limits, context, "sign-up", userId);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const id = await store.found(userId, form.value.name);
    return context.redirect(`/account/organizations/${id}`, 303);
  });
  app.get("/account/organizations/join", async (context) => {
    requireSignedIn(context);
    return joinPage(context, context.req.query("token") ?? "");
  });
  app.post("/account/organizations/join", async (context) => {
    const { userId } = requireSignedIn(context);
    const form = await readForm(context, z.object({ token: z.string().max(200) }));
    const token = form.kind === "valid" ? form.value.token : "";
    const joined = await store.accept(userId, token);
    return joined === undefined
      ? joinPage(context, token, true)
      : context.redirect(`/account/organizations/${joined}`, 303);
  });

  app.get("/account/organizations/:id", async (context) => {
    const { userId } = requireSignedIn(context);
    const membership = await store.findFor(userId, context.req.param("id"));
    if (membership === undefined) return notFoundPage(context);
    return organizationPage(context, store, membership, {});
  });
  app.post("/account/organizations/:id/invite", async (context) => {
    const { userId } = requireSignedIn(context);
    const membership = await store.findFor(userId, context.req.param("id"));
    if (membership === undefined) return notFoundPage(context);
    if (membership.role !== "owner") return forbiddenPage(context);
    const { language } = context.var;
    const form = await readForm(
      context,
      z.object({ email: fields(language).email, role: z.enum(memberRoles) }),
    );
    if (form.kind === "invalid") return organizationPage(context, store, membership, form);
    const { email, role } = form.value;
    const waitMs = takeTry(limits, context, "reset", email);
    if (waitMs !== undefined) return limitedPage(context, waitMs);
    const token = await store.invite(membership.organizationId, email, role);
    const url = `${config.origin}/account/organizations/join?token=${token}`;
    mail.send(
      writeLetter(email, language, { kind: "invitation", url, organization: membership.name }),
    );
    return organizationPage(context, store, membership, { done: "invited" });
  });
  app.post("/account/organizations/:id/members/:member", async (context) => {
    const { userId } = requireSignedIn(context);
    const membership = await store.findFor(userId, context.req.param("id"));
    if (membership === undefined) return notFoundPage(context);
    const { organizationId } = membership;
    const memberId = context.req.param("member");
    const form = await readForm(context, z.object({ role: z.enum([...memberRoles, "none"]) }));
    if (form.kind === "invalid") return organizationPage(context, store, membership, form);
    const { role } = form.value;
    const own = (await store.listMembers(organizationId)).find((each) => each.userId === userId);
    // Everybody may leave; the rest is the owners' business.
    if (membership.role !== "owner" && !(role === "none" && own?.id === memberId)) {
      return forbiddenPage(context);
    }
    const change =
      role === "none"
        ? await store.remove(organizationId, memberId)
        : await store.changeRole(organizationId, memberId, role);
    if (change === "unknown") return notFoundPage(context);
    if (change === "last-owner") {
      return organizationPage(context, store, membership, { done: "lastOwner" });
    }
    return context.redirect(
      own?.id === memberId && role === "none"
        ? "/account/organizations"
        : `/account/organizations/${organizationId}`,
      303,
    );
  });
  return app;
}

async function listPage(
  context: ServerContext,
  memberships: readonly Membership[],
  { problems = {}, entered = {} }: Again,
): Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    {
      title: text.title,
      personal: true,
      status: Object.keys(problems).length > 0 ? 400 : 200,
    },
    <Page title={text.title}>
      <AccountTabs context={context} current="/account/organizations" />
      <div class="stack-wide">
        {memberships.length === 0 ? (
          <p>{text.none}</p>
        ) : (
          <Table
            labelledBy={pageTitle}
            columns={[text.name, text.role]}
            rows={memberships.map(({ organizationId, name, role }) => [
              <a href={`/account/organizations/${organizationId}`}>{name}</a>,
              text[role],
            ])}
          />
        )}
        <section class="stack">
          <h2>{text.found}</h2>
          <p class="soft">{text.foundText}</p>
          <Form context={context} action="/account/organizations">
            <Field
              context={context}
              name="name"
              item="service.organizations"
              optional={false}
              label={text.name}
              autocomplete="organization"
              value={entered["name"]}
              problem={problems["name"]}
            />
            <Button>{text.found}</Button>
          </Form>
        </section>
      </div>
    </Page>,
  );
}

async function organizationPage(
  context: ServerContext,
  store: OrganizationStore,
  membership: Membership,
  { problems = {}, entered = {}, done }: Again & { readonly done?: "invited" | "lastOwner" },
): Promise<Response> {
  const text = say(words, context.var.language);
  const { userId } = requireSignedIn(context);
  const { organizationId, name } = membership;
  const owns = membership.role === "owner";
  const roles = memberRoles.map((role) => [role, text[role]] as const);
  const members = await store.listMembers(organizationId);
  return renderPage(
    context,
    {
      title: name,
      personal: true,
      status: done === "lastOwner" ? 409 : Object.keys(problems).length > 0 ? 400 : 200,
    },
    <Page title={name} eyebrow={<a href="/account/organizations">{text.title}</a>}>
      <div class="stack-wide">
        {done === "invited" ? <Banner tone="good" title={text.invited} announce /> : null}
        {done === "lastOwner" ? <Banner tone="bad" title={text.lastOwner} announce /> : null}
        <Table
          labelledBy={pageTitle}
          columns={owns ? [text.person, text.role, text.change] : [text.person, text.role, ""]}
          rows={members.map((member) => [
            member.username,
            text[member.role],
            <MemberActions
              context={context}
              organizationId={organizationId}
              member={member}
              owns={owns}
              own={member.userId === userId}
            />,
          ])}
        />
        {owns ? (
          <section class="stack">
            <h2>{text.inviteSomebody}</h2>
            <p class="soft">{text.inviteText}</p>
            <Form context={context} action={`/account/organizations/${organizationId}/invite`}>
              <Field
                context={context}
                name="email"
                type="email"
                label={text.email}
                value={entered["email"]}
                problem={problems["email"]}
              />
              <Select
                context={context}
                name="role"
                label={text.role}
                options={roles}
                value={entered["role"]}
              />
              <Button>{text.invite}</Button>
            </Form>
          </section>
        ) : null}
      </div>
    </Page>,
  );
}

/** What may be done with a member: another role, or the end of the membership. */
function MemberActions({
  context,
  organizationId,
  member,
  owns,
  own,
}: {
  readonly context: ServerContext;
  readonly organizationId: string;
  readonly member: Member;
  readonly owns: boolean;
  readonly own: boolean;
}) {
  const text = say(words, context.var.language);
  const action = `/account/organizations/${organizationId}/members/${member.id}`;
  return (
    <div class="actions">
      {owns ? (
        <form method="post" action={action} class="inline">
          <FormToken context={context} />
          <select name="role" aria-label={`${text.roleOf} ${member.username}`}>
            {memberRoles.map((role) => (
              <option value={role} selected={role === member.role}>
                {text[role]}
              </option>
            ))}
          </select>
          <Button kind="quiet">{text.change}</Button>
        </form>
      ) : null}
      {owns || own ? (
        <ActionButton
          context={context}
          action={action}
          label={own ? text.leave : text.remove}
          kind="link"
          values={{ role: "none" }}
        />
      ) : null}
    </div>
  );
}

async function joinPage(context: ServerContext, token: string, gone = false): Promise<Response> {
  const text = say(words, context.var.language);
  return renderPage(
    context,
    { title: text.accept, personal: true, status: gone ? 410 : 200 },
    gone ? (
      <Page title={text.accept} lead={text.gone}>
        <ButtonLink href="/account/organizations">{text.title}</ButtonLink>
      </Page>
    ) : (
      <Page title={text.accept} lead={text.acceptLead}>
        <Form context={context} action="/account/organizations/join">
          <input type="hidden" name="token" value={token} />
          <Button>{text.accept}</Button>
        </Form>
      </Page>
    ),
  );
}
