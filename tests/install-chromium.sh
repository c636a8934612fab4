#!/bin/sh
# Chromium and its driver for the browser tests, from the system's own packages where that may be done: with apt-get, as
# root or by sudo without a password. Tries once, keeps quiet, and never fails: what is missing is the tests' to tell.
# $1 is a file that marks that it was tried.
set -u
mark=$1
have() { command -v "$1" >/dev/null 2>&1; }
ready() { have chromedriver && { have chromium || have chromium-browser || have google-chrome; }; }

install() {
    packages="chromium chromium-driver"
    apt-cache show $packages >/dev/null 2>&1 || $root timeout 120 apt-get -qq update
    apt-cache show $packages >/dev/null 2>&1 || packages="chromium-browser chromium-chromedriver"
    for attempt in "" update; do
        [ -z "$attempt" ] || $root timeout 120 apt-get -qq update
        $root timeout 420 env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
            -o DPkg::Lock::Timeout=60 $packages && return
    done
    return 1
}

ready || [ -e "$mark" ] && exit 0
if have apt-get && { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }; then
    root=$([ "$(id -u)" = 0 ] || echo "sudo -n")
    echo "installing Chromium for the browser tests from the system's packages"
    said=$(install 2>&1 </dev/null) || echo "$said"
fi
ready || echo "no Chromium: apt-get install chromium chromium-driver; else browser tests are skipped, and fail in CI"
: >"$mark"
