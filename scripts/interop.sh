#!/usr/bin/env bash
# Installs the node packages that the interoperability tests speak to, as their
# lock files pin them. A folder whose packages are in place is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

find . \( -name node_modules -o -path './.*' -o -path './data' -o -path ./admin/web \) -prune -o -name package-lock.json -print |
	while read -r lock; do
		dir=$(dirname "$lock")
		stamp=$dir/node_modules/.installed
		if [ -f "$stamp" ] && cmp -s "$lock" "$stamp"; then continue; fi
		echo "interop: npm ci in $dir"
		(cd "$dir" && npm ci --no-audit --no-fund --loglevel=error </dev/null)
		cp "$lock" "$stamp"
	done
