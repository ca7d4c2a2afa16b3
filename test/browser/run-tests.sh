#!/usr/bin/env bash
# `npm run test:report`: the page of `report --html` in Debian's chromium, which is installed where it is missing and can be.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

chromium=${BRC_SYNC_CHROMIUM:-/usr/bin/chromium}
leave_out() {
  echo "report in a browser left out: $1"
  exit 0
}
if [ ! -x "$chromium" ]; then
  [ "$(id -u)" = 0 ] || leave_out "there is no $chromium, and only root may install it"
  command -v apt-get >/dev/null || leave_out "there is no $chromium, and no apt-get to install it with"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 ||
    leave_out "chromium cannot be installed with apt-get"
fi
BRC_SYNC_CHROMIUM=$chromium npx tap --jobs=1 --timeout=300 --exclude='.build/test/slurm/**' .build/test/browser/*.test.js
