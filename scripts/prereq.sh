#!/usr/bin/env bash
# Sees that the machine has what building and testing need. Debian packages are
# installed when we are root; otherwise the command that installs them is printed.
set -euo pipefail
cd "$(dirname "$0")/.."

need_go=$(awk '$1 == "go" {print $2; exit}' go.mod)

fail() {
	echo "prerequisites: $*" >&2
	exit 1
}

command -v go >/dev/null ||
	fail "Go $need_go or newer is needed and there is no \`go\` in PATH: install it from https://go.dev/dl/ and add its bin folder to PATH."
# An older Go fetches the one that go.mod names, unless it was told not to.
go_error=$(go version 2>&1 >/dev/null) || fail "Go does not work here: $go_error"

has_postgres() {
	local dir
	for dir in "${REPARTEE_POSTGRES_BIN:-}" "$(dirname "$(readlink -f "$(command -v postgres || echo /none/postgres)")")" \
		/usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
		if [ -n "$dir" ] && [ -x "$dir/postgres" ] && [ -x "$dir/initdb" ]; then return 0; fi
	done
	return 1
}

# Folders with a package.json: the admin UI, and tests against node software.
has_node_folders() {
	find . \( -name node_modules -o -path './.*' -o -path './data' \) -prune -o -name package.json -print | grep -q .
}

# The browser of the UI's tests.
has_chromium() { [ -x "${REPARTEE_CHROMIUM:-/usr/bin/chromium}" ]; }

missing=()
has_postgres || missing+=(postgresql)
if has_node_folders; then
	command -v node >/dev/null || missing+=(nodejs)
	command -v npm >/dev/null || missing+=(npm)
	has_chromium || missing+=(chromium)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
command -v apt-get >/dev/null ||
	fail "missing: ${missing[*]}. Install them with this system's package manager (PostgreSQL 14 or newer, only the server's programs are used)."
[ "$(id -u)" -eq 0 ] ||
	fail "missing: ${missing[*]}. Run: sudo apt-get update && sudo $install"

echo "prerequisites: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A fresh container has no package lists; elsewhere they may be outdated.
# shellcheck disable=SC2086
$install </dev/null || { apt-get update </dev/null && $install </dev/null; } ||
	fail "apt-get could not install ${missing[*]}; see its messages above, then run: apt-get update && $install"
