#!/usr/bin/env bash
# Installs code-server, a VS Code that runs in a browser, for the tests in this folder: once, into the user's cache.
# `install.sh` installs; `install.sh --where` prints the folder it is in. Works from the npm registry and Debian's packages alone.
set -euo pipefail

version=4.100.3 # the newest for Node 20
ripgrep=13.0.0-10
folder="${CLOUD_CODE_EDITOR_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/cloud-code-editor/code-server-$version}"
if [[ "${1-}" == --where ]]; then
  echo "$folder"
  exit 0
fi
# Written last, so a half-installed folder is installed again.
done="$folder/installed"
if [[ -e "$done" ]]; then exit 0; fi

mkdir -p "$(dirname "$folder")"
# Two runs at once would build into each other's folder.
exec 9>"$folder.lock"
flock 9
if [[ -e "$done" ]]; then exit 0; fi

node_major="$(node -p 'process.versions.node.split(".")[0]')"
if [[ "$node_major" != 20 ]]; then
  echo "code-server $version needs Node 20; this is Node $node_major." >&2
  exit 1
fi

packages=(chromium fonts-noto-cjk openssl ripgrep build-essential python3 pkg-config libsecret-1-dev libkrb5-dev libx11-dev libxkbfile-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if ((${#missing[@]} > 0)); then
  if [[ "$(id -u)" != 0 ]]; then
    echo "Install first: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  apt-get -q -o DPkg::Lock::Timeout=600 update
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${missing[@]}"
fi

rm -rf "$folder"
mkdir -p "$folder/tmp"
cd "$folder"
export TMPDIR="$folder/tmp"
# node-pty asks npx for node-gyp; root is refused unless told otherwise; native modules compile against the headers beside this Node.
export npm_config_yes=true npm_config_unsafe_perm=true npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
prefix="$(node -p 'require("node:path").resolve(require("node:fs").realpathSync(process.execPath), "../..")')"
if [[ -e "$prefix/include/node/node.h" ]]; then export npm_config_nodedir="$prefix"; fi
# The ripgrep module would download a release; it looks first for an archive in a folder named after its own version.
for module in 1.15.11 1.15.14; do
  mkdir -p "$TMPDIR/vscode-ripgrep-cache-$module"
  tar czf "$TMPDIR/vscode-ripgrep-cache-$module/ripgrep-v$ripgrep-$(uname -m)-unknown-linux-musl.tar.gz" -C "$(dirname "$(command -v rg)")" rg
done
echo '{"private": true}' >package.json
npm install --no-save "code-server@$version" --unsafe-perm
node node_modules/code-server/out/node/entry.js --version | grep -q "^$version "
rm -rf "$TMPDIR"
touch "$done"
