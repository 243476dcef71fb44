import { type ComponentChild, h } from "preact";
import type { EgressView } from "../protocol.ts";
import { sayBytes, sayNumber } from "../words.ts";
import { icon, loading, type Scene, section } from "./element.ts";

/** The data page: everything that left the machine, and everything that may. */
export function drawData(scene: Scene): ComponentChild {
  const { state, say } = scene;
  const { egress } = state;
  return h(
    "div",
    { class: "page" },
    h("h2", { tabIndex: -1 }, say("dataTitle")),
    egress === undefined
      ? loading(say("loading"))
      : [drawHeadline(scene, egress), drawPermits(scene, egress), drawConnections(scene, egress)],
  );
}

function drawHeadline({ state, say }: Scene, { connections }: EgressView): ComponentChild {
  const count = connections.length;
  if (count > 0)
    return h(
      "p",
      { class: "headline of-calm", key: "headline" },
      say("dataSome", { count: sayNumber(count, state.language) }),
    );
  return h(
    "div",
    { class: "none", key: "headline" },
    icon("shield"),
    h("h3", null, say("dataNone")),
    h("p", { class: "soft" }, say("dataNoneBody")),
  );
}

function drawPermits({ say }: Scene, { permits }: EgressView): ComponentChild {
  return section(
    say("permits"),
    permits.length === 0
      ? h("p", { class: "soft" }, say("permitsNone"))
      : permits.map(({ destination, purpose, items, since }) =>
          h(
            "article",
            { class: "card", key: `${destination} ${purpose}`, "aria-label": destination },
            h("h4", null, h("span", { class: "path" }, destination)),
            h(
              "p",
              null,
              purpose,
              since === undefined
                ? null
                : h("span", { class: "soft" }, ` · ${say("permitSince", { date: since })}`),
            ),
            h(
              "ul",
              { class: "tally" },
              items.map((item) => h("li", { key: item }, item)),
            ),
          ),
        ),
  );
}

function drawConnections({ state, say }: Scene, { connections }: EgressView): ComponentChild {
  if (connections.length === 0) return null;
  return section(
    say("connections"),
    h(
      "ol",
      { class: "connections" },
      connections.map(({ destination, purpose, at, bytesSent, outcome }, index) =>
        h(
          "li",
          { key: connections.length - index },
          h("span", { class: "path" }, destination),
          h(
            "span",
            { class: outcome === "failed" ? "badge bad" : "badge" },
            say(outcome === "sent" ? "sent" : "notSent"),
          ),
          h(
            "span",
            { class: "soft" },
            `${purpose} · ${sayBytes(bytesSent, state.language)} · ${at}`,
          ),
        ),
      ),
    ),
  );
}
