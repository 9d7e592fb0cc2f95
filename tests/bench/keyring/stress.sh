#!/usr/bin/env bash
# Runs a command that reads the keyring READS times one after the other, then in BURSTS of 32 at once; counts what fails
# and tells whether gnome-keyring lived through it. Bus, home and keyring are the script's own.
#
#   stress.sh READS BURSTS READ [WRITE]
#
# READ and WRITE are command lines. WRITE runs once before, after every hundredth read, and once in every burst. An item
# of 5 KB with the attributes `service stress`, `username me` is there from the beginning.
set -euo pipefail
reads=$1 bursts=$2 read_command=$3 write_command=${4:-true}

home=$(mktemp -d)
export HOME=$home XDG_RUNTIME_DIR=$home DBUS_SESSION_BUS_ADDRESS=unix:path=$home/bus
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME
dbus-daemon --session --nofork --address="$DBUS_SESSION_BUS_ADDRESS" --print-address=3 3>"$home/ready" 2>/dev/null & bus=$!
until [ -s "$home/ready" ]; do sleep 0.1; done
gnome-keyring-daemon --unlock --foreground --components=secrets <<<pw >"$home/keyring.log" 2>&1 & keyring=$!
trap 'kill $keyring $bus 2>/dev/null || true; rm -rf "$home"' EXIT
until head -c 3840 /dev/urandom | base64 -w0 | secret-tool store --label=stress service stress username me; do sleep 0.1; done

failed=0
run() { bash -c "$1" >/dev/null 2>>"$home/errors" </dev/null; }
count() { failed=$((failed + 1)); }
run "$write_command" || count
for ((i = 1; i <= reads; i++)); do
  $read_command >/dev/null 2>>"$home/errors" </dev/null || count
  if ((i % 100 == 0)); then run "$write_command" || count; fi
done
for ((i = 1; i <= bursts; i++)); do
  pids=()
  for ((j = 1; j < 32; j++)); do $read_command >/dev/null 2>>"$home/errors" </dev/null & pids+=($!); done
  run "$write_command" & pids+=($!)
  for pid in "${pids[@]}"; do wait "$pid" || count; done
done
kill -0 $keyring 2>/dev/null && daemon=alive || daemon=DEAD
echo "$reads reads, $bursts bursts of 32: $failed failed, gnome-keyring $daemon"
sort "$home/errors" | uniq -c | sort -rn | head -5
[ $failed -eq 0 ] && [ $daemon = alive ]
