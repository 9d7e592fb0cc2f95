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
  local begun; begun=$(now)
  coproc SANDBOX { exec "$program" sandbox --port 0 --quiet "$@" 2>/dev/null; }
  pid=$SANDBOX_PID
  read -r line <&"${SANDBOX[0]}"
  ready=$(($(now) - begun))
  domain=$(sed 's/.*"domain":"\([^"]*\)".*/\1/' <<<"$line")
  client=$(sed 's/.*"client_id":"\([^"]*\)".*/\1/' <<<"$line")
}
stop() { kill "$pid"; wait "$pid" 2>/dev/null || true; }

sign_in() {
  local query="client_id=$client&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000&scope=openid" csrf location code
  rm -f "$scratch/jar"
  csrf=$(curl -s -c "$scratch/jar" "$domain/login?$query" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -1)
  location=$(curl -s -b "$scratch/jar" -o /dev/null -w '%{redirect_url}' "$domain/login?$query" -d "_csrf=$csrf" -d "username=$1" -d password=Engine-1843)
  code=${location##*code=}
  curl -sf -o /dev/null "$domain/oauth2/token" -d grant_type=authorization_code -d "client_id=$client" -d "code=$code" \
    -d redirect_uri=http://localhost:3000
}
sign_ins() {
  local i begun
  for ((i = 0; i < times; i++)); do begun=$(now); sign_in "$1"; echo $(($(now) - begun)); done | median
}

for ((i = 0; i < times; i++)); do start; stop; echo "$ready"; done | { printf 'ready: '; median; }
start; printf 'a sign-in, 1 user: '; sign_ins ada@example.com; stop
for ((i = 1; i <= 10000; i++)); do
  printf '[[users]]\nusername = "user%d"\nemail = "user%d@example.com"\npassword = "Engine-1843"\n' "$i" "$i"
done >"$scratch/pool.toml"
start --pool-file "$scratch/pool.toml"
awk "BEGIN { printf \"ready with 10 000 users: %.1f ms\\n\", $ready / 1e6 }"
printf 'a sign-in, 10 000 users: '; sign_ins user9999@example.com; stop
