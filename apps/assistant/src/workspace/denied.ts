/**
 * Names under which secrets are kept: such a file is never opened, indexed, cached or sent, and no ignore file can allow it.
 * Decided by name alone, because looking inside would already be reading. `*` stands for any characters; case never matters.
 * In turn: settings that hold passwords by custom; keys and certificates; sign-in files of tools; vaults, wallets, shell histories.
 */
const FILES = `
  .env* *.env secrets.* secret.* *.secret *.secrets .secrets* local.settings.json
  credentials credentials.* credentials*.json *credentials.json *.credentials
  client_secret*.json service-account* service_account* serviceaccount*.json
  *-service-account.json *_service_account.json *firebase-adminsdk*.json gcp-key*.json

  *.pem *.key *.p8 *.p12 *.pfx *.jks *.jceks *.bks *.keystore *.truststore
  *.crt *.cer *.der *.csr *.p7b *.p7c *.ppk *.asc *.gpg *.pgp *.mobileprovision
  id_rsa* id_dsa* id_ecdsa* id_ed25519* authorized_keys known_hosts *.snk *.keytab

  .npmrc .yarnrc .yarnrc.yml .pypirc .netrc _netrc .git-credentials .gitcookies
  .htpasswd htpasswd .pgpass pgpass.conf .my.cnf .mylogin.cnf .s3cfg .boto
  .dockercfg .dockerconfigjson kubeconfig* *.kubeconfig .vault-token .vault_pass*
  .terraformrc terraform.rc *.tfstate *.tfstate.* *.tfvars *.tfvars.json *.ovpn
  auth.json .databrickscfg .snowsql .sentryclirc .rclone.conf rclone.conf

  *.kdbx *.kdb *.agilekeychain *.opvault *.keychain *.keychain-db
  wallet.dat wallet.json *.wallet utc--* *.mnemonic seed.txt
  shadow gshadow .*_history .*history`;

/** Folders that hold nothing but secrets. */
const FOLDERS = `
  .ssh .aws .azure .gnupg .kube .docker .gcloud .oci .aliyun .password-store
  .ethereum .bitcoin .secrets .terraform.d .putty`;

/** Endings that editors and people add when they keep a copy: the copy of a secret is a secret. */
const COPY = /(?:~|\.(?:bak|backup|copy|old|orig|save|sav|swp|swo|tmp|dist|example|sample|\d+))+$/;

const FILE = toPattern(FILES);
const FOLDER = toPattern(FOLDERS);

/** Whether a path, relative to the workspace with forward slashes, names a secret: by its own name or by a folder on the way. */
export function isSecret(path: string): boolean {
  const names = fold(path).split("/");
  const file = names.pop() ?? "";
  return names.some((name) => FOLDER.test(name)) || isSecretFile(file);
}

/** Whether a folder holds secrets, by its own name alone. */
export function isSecretFolder(name: string): boolean {
  return FOLDER.test(fold(name));
}

function isSecretFile(name: string): boolean {
  return FILE.test(name) || FILE.test(name.replace(COPY, ""));
}

// Letters that a file system may take for each other must not slip through: "ＩＤ_RSA" in full-width letters, or "ſecrets.py".
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function toPattern(globs: string): RegExp {
  const sources = globs
    .trim()
    .split(/\s+/)
    .map((glob) => glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*"));
  return new RegExp(`^(?:${sources.join("|")})$`, "s");
}
