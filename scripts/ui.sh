#!/usr/bin/env bash
# Builds the admin UI into admin/web/dist, from where the binary takes it. With
# "check" its types, style and tests are checked first, and a machine that cannot
# build it is an error; without, such a machine gets a binary without the UI.
# "types" writes the types of the API anew, of what the gateway's code says.
set -euo pipefail
cd "$(dirname "$0")/../admin/web"

need=20.19
version=$(node --version 2>/dev/null | sed 's/^v//' || true)
if ! command -v npm >/dev/null || [ "$(printf '%s\n%s\n' "$need" "${version:-0}" | sort -V | head -n1)" != "$need" ]; then
	echo "ui: Node.js $need or newer with npm is needed to build the admin UI, found ${version:-none}: see https://nodejs.org/en/download" >&2
	[ "${1:-}" != check ] || exit 1
	echo "ui: the binary will have no admin UI" >&2
	exit 0
fi

if ! cmp -s package-lock.json node_modules/.installed; then
	echo "ui: npm ci in admin/web"
	npm ci --no-audit --no-fund --loglevel=error </dev/null
	cp package-lock.json node_modules/.installed
fi

types() { # types FILE: the types of the API's document
	local doc
	doc=$(mktemp --suffix .json)
	(cd ../.. && go run -trimpath ./cmd/repartee openapi) >"$doc"
	npx openapi-typescript "$doc" --output "$1" >/dev/null 2>&1 || { echo "ui: openapi-typescript failed" >&2; return 1; }
	rm -f "$doc"
}

if [ "${1:-}" = types ]; then
	types src/api/schema.d.ts
	exit
fi
if [ "${1:-}" = check ]; then
	now=$(mktemp --suffix .d.ts)
	types "$now"
	cmp -s "$now" src/api/schema.d.ts || { echo "ui: src/api/schema.d.ts is not what the API says now: run scripts/ui.sh types" >&2; exit 1; }
	rm -f "$now"
	npm run --silent check
	npm run --silent lint
	npm run --silent test
fi
if [ ! -e dist/index.html ] || [ -n "$(find src public index.html package-lock.json vite.config.ts -newer dist/index.html -print -quit)" ]; then
	npm run --silent build -- --logLevel warn
fi
