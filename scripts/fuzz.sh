#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time (default 20s). Inputs
# that fail, minimised a little only since the time is for finding, are written
# to testdata/fuzz of their package: commit them with the fix.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${1:-20s}
# `go test -list` prints a package's targets and then "ok <tab> package <tab> time".
targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ {names[++n] = $1} /^ok/ {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
if [ -z "$targets" ]; then
	echo "fuzz: there are no targets"
	exit 0
fi
failed=()
while read -r package name; do
	echo "fuzz: $package $name, $duration"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$duration" -fuzzminimizetime 10x "$package" </dev/null || failed+=("$package.$name")
done <<<"$targets"
if [ ${#failed[@]} -gt 0 ]; then
	echo "fuzz: failed: ${failed[*]}" >&2
	exit 1
fi
echo "fuzz: $(wc -l <<<"$targets") targets ran without a finding"
