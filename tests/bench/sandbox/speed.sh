#!/usr/bin/env bash
# Measures the sandbox: how long until it is ready, and how long a sign-in takes with 1 user and with 10 000.
#
#   speed.sh PROGRAM [TIMES]
#
# PROGRAM is the built cognito-login. A sign-in is the login page, its form, and the code for tokens, by curl; the median counts.
set -euo pipefail
program=$1 times=${2:-21}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch

now() { date +%s%N; }
median() { sort -n | awk '{ all[NR] = $1 } END { printf "%.1f ms\n", all[int((NR + 1) / 2)] / 1e6 }'; }

# Starts a sandbox with these arguments; leaves its domain in $domain, its process in $pid, the time in $ready.
start() {
  local begun out line; begun=$(now)
  exec {out}< <(exec "$program" sandbox --port 0 --quiet "$@" 2>/dev/null)
  pid=$!
  read -r line <&"$out"
  ready=$(($(now) - begun))
  domain=$(sed 's/.*"domain":"\([^"]*\)".*/\1/' <<<"$line")
  client=$(sed 's/.*"client_id":"\([^"]*\)".*/\1/' <<<"$line")
}
stop() { kill "$@"; wait "$@" 2>/dev/null || true; }

# The processor time of a process: in ticks, and for each sign-in since it was `before`.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
busy() { awk -v all="$(ticks "$1")" -v before="${2:-0}" -v times="$times" -v second="$(getconf CLK_TCK)" \
  'BEGIN { printf "%.1f ms", (all - before) * 1000 / second / times }'; }

# Signs this person in at this domain, and says how long it took.
sign_in() {
  local query="client_id=$client&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000&scope=openid" begun csrf location
  begun=$(now)
  rm -f "$scratch/jar"
  csrf=$(curl -s -c "$scratch/jar" "$2/login?$query" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -1)
  location=$(curl -s -b "$scratch/jar" -o /dev/null -w '%{redirect_url}' "$2/login?$query" -d "_csrf=$csrf" -d "username=$1" -d password=Engine-1843)
  curl -sf -o /dev/null "$2/oauth2/token" -d grant_type=authorization_code -d "client_id=$client" -d "code=${location##*code=}" \
    -d redirect_uri=http://localhost:3000
  echo $(($(now) - begun))
}

for ((i = 0; i < times; i++)); do start; stop "$pid"; echo "$ready"; done | { printf 'ready: '; median; }
for ((i = 1; i <= 10000; i++)); do
  printf '[[users]]\nusername = "user%d"\nemail = "user%d@example.com"\npassword = "Engine-1843"\n' "$i" "$i"
done >"$scratch/pool.toml"
start; small=$domain pids=$pid
start --pool-file "$scratch/pool.toml"; pids="$pids $pid"
awk "BEGIN { printf \"ready with 10 000 users: %.1f ms\\n\", $ready / 1e6 }"
before=$(ticks "$pid")
# By turns, so that whatever else the machine does falls on both.
for ((i = 0; i < times; i++)); do
  sign_in ada@example.com "$small" >>"$scratch/small"
  sign_in user9999@example.com "$domain" >>"$scratch/large"
done
printf 'a sign-in, 1 user: '; median <"$scratch/small"
printf 'a sign-in, 10 000 users: '; median <"$scratch/large"
printf 'of it in the sandbox: %s; %s\n' "$(busy "${pids% *}")" "$(busy "$pid" "$before")"
# shellcheck disable=SC2086 # two numbers
stop $pids
