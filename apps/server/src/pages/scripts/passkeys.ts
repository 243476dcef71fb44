/** Adds passkeys and signs in with them. What it needs is hidden in the page until it is known that the browser can. */

const adding = document.querySelector<HTMLFormElement>("[data-passkey-add]");
const signingIn = document.querySelector<HTMLFormElement>("[data-passkey-sign-in]");

if ("PublicKeyCredential" in window && "parseCreationOptionsFromJSON" in PublicKeyCredential) {
  prepare(adding, async (form) => {
    const options = await ask("/api/passkeys/start", {});
    if (options === undefined) {
      location.assign(`/account/confirm?to=${encodeURIComponent(location.pathname)}`);
      return;
    }
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as unknown as PublicKeyCredentialCreationOptionsJSON,
    );
    const key = await navigator.credentials.create({ publicKey });
    if (!(key instanceof PublicKeyCredential)) return;
    const name = form.querySelector<HTMLInputElement>("[name=name]")?.value ?? "";
    const added = await ask("/api/passkeys/finish", { name, response: key.toJSON() });
    if (added !== undefined) location.assign("/account/security?done");
  });
  prepare(signingIn, async (form) => {
    const options = await ask("/api/passkeys/sign-in/start", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
      options as unknown as PublicKeyCredentialRequestOptionsJSON,
    );
    const key = await navigator.credentials.get({ publicKey });
    if (!(key instanceof PublicKeyCredential)) return;
    const done = await ask("/api/passkeys/sign-in/finish", { response: key.toJSON() });
    if (done !== undefined) location.assign(form.dataset["to"] ?? "/account");
  });
}

function prepare(
  form: HTMLFormElement | null,
  work: (form: HTMLFormElement) => Promise<void>,
): void {
  if (form === null) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = form.querySelector<HTMLElement>("[role=alert]");
    if (problem !== null) problem.hidden = true;
    work(form).catch(() => {
      // The person closed the browser's own dialog, or the device refused: both are answers, and the page says what to do.
      if (problem !== null) problem.hidden = false;
    });
  });
}

/** The answer to a JSON request; `undefined` when the person has to sign in or confirm first. */
async function ask(path: string, body: object): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.status === 401) return undefined;
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}
