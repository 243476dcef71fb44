import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSecret, isSecretFolder } from "./denied.ts";

function check(secret: boolean, paths: string): void {
  for (const path of paths.trim().split(/\s+/))
    expect([path, isSecret(path)]).toEqual([path, secret]);
}

describe("the deny-list", () => {
  it("[A2] refuses the files that secrets are kept in, wherever they lie and however they are spelled", () => {
    check(
      true,
      `.env .env.local .ENV .envrc config/.env.production prod.env server.pem TLS/Server.PEM private.key id_rsa ID_RSA
      deploy/id_rsa.pub id_ed25519 id_ecdsa_sk a.p12 a.pfx a.jks release.keystore .npmrc .yarnrc.yml .pypirc .netrc _netrc
      .aws/credentials .aws/config home/.ssh/config .kube/config .docker/config.json credentials.json credentials-prod.json
      app/my-credentials.json secrets.yaml secrets.ts SECRETS.py client_secret_123.json service-account.json
      service_account_key.json x-service-account.json app-firebase-adminsdk-1.json terraform.tfstate terraform.tfstate.backup
      prod.tfvars .git-credentials .htpasswd .pgpass .my.cnf .vault-token wallet.dat my.wallet UTC--2024-01-01--abc passwords.kdbx
      .bash_history .zsh_history .python_history kubeconfig kubeconfig.yaml master.key client.ovpn a.keytab a.crt a.gpg`,
    );
  });

  it("refuses copies of such files", () => {
    check(
      true,
      ".env~ id_rsa.bak server.pem.old credentials.json.orig private.key.1 secrets.yaml.example a.key.bak~",
    );
  });

  it("refuses names that a file system may take for the same", () => {
    check(true, "ＩＤ_RSA ſecrets.py .Env");
  });

  it("leaves ordinary source files alone", () => {
    check(
      false,
      `src/main.ts environment.ts env.ts key.ts keys.py keyboard.java Keystore.java credentials/index.ts secretary.go
      password.rs token.ts src/ssh/client.go docker/config.ts aws/credentials_provider.py wallet.ts history.ts shadow.ts
      pem.ts internal/secrets/store.go com/acme/keystore/Store.java certificate.c authentication.ts auth.ts service.ts id.ts`,
    );
  });

  it("decides the same in upper and lower case, and the same below any folder", () => {
    const name = fc.constantFrom(".env", "id_rsa", "a.pem", "main.ts", "secrets.json", "readme.md");
    fc.assert(
      fc.property(name, fc.array(fc.constantFrom("src", "lib", "a b")), (file, folders) => {
        const path = [...folders, file].join("/");
        expect(isSecret(path)).toBe(isSecret(file));
        expect(isSecret(path.toUpperCase())).toBe(isSecret(path));
      }),
    );
  });

  it("names folders that are not entered", () => {
    expect([".ssh", ".AWS", ".gnupg", "src", "ssh"].map(isSecretFolder)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
