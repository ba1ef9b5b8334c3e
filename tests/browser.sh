#!/bin/sh
# The page's tests drive Debian's Chromium. As root it is installed where it is missing; otherwise the tests say so.
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing chromium for the page's tests"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  exit $?
fi
echo "chromium is missing: the page's tests are skipped (Debian: sudo apt-get install chromium)"
