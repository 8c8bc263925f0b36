#!/usr/bin/env bash
# The static checks. All run, whatever fails; the failed ones are named at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()

step() { # step NAME COMMAND…: runs a check, its output shown only when it fails
	local name=$1 out start=$SECONDS
	shift
	if out=$("$@" 2>&1); then
		printf 'check: %-12s ok (%ds)\n' "$name" $((SECONDS - start))
		[ -z "$out" ] || printf '%s\n' "$out"
	else
		printf 'check: %-12s FAILED\n%s\n' "$name" "$out"
		failed+=("$name")
	fi
}

go_files() {
	find . \( -name node_modules -o -path './.?*' -o -path ./data \) -prune -o -name '*.go' -print0
}

format() {
	local out
	out=$(go_files | xargs -0 go tool gofumpt -l) || { echo "$out"; return 1; }
	[ -z "$out" ] && return
	echo "not formatted; run: go tool gofumpt -w ."
	echo "$out"
	return 1
}

# A finding fails. The database of vulnerabilities being out of reach does not,
# but is said aloud: the check is then still to be made elsewhere.
vulnerabilities() {
	local out
	out=$(go tool govulncheck ./... 2>&1) && return
	if grep -qE 'fetching vulnerabilities|vuln\.go\.dev' <<<"$out" && ! grep -q '^Vulnerability #' <<<"$out"; then
		echo '  ***********************************************************************'
		echo '  *** NOT CHECKED for known vulnerabilities: vuln.go.dev is not reachable'
		echo '  ***********************************************************************'
		return 0
	fi
	echo "$out"
	return 1
}

sums() { git ls-files -co --exclude-standard -z | xargs -0 sha256sum 2>/dev/null; }

generated() {
	if ! go_files | xargs -0 grep -lq '^//go:generate '; then return; fi
	if ! git rev-parse --git-dir >/dev/null 2>&1; then
		echo "  (not compared: this is no git repository)"
		return
	fi
	local before
	before=$(sums)
	go generate ./... || return 1
	diff <(echo "$before") <(sums) && return
	echo "generated files were not up to date; they are now: commit them"
	return 1
}

step vet go vet ./...
step format format
step staticcheck go tool staticcheck ./...
step go.mod go mod tidy -diff
step generated generated
step govulncheck vulnerabilities

if [ ${#failed[@]} -gt 0 ]; then
	echo "check: failed: ${failed[*]}" >&2
	exit 1
fi
