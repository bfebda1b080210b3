#!/bin/sh
# Chromium and a Chinese font for the browser tests. Without them those tests skip, saying so; the rest runs.
set -u
have() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
fonts() { command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q .; }
if have && fonts; then exit 0; fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium and a Chinese font for the browser tests ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-wqy-zenhei fontconfig >/dev/null || true
fi
have && fonts || echo "NOTE: no Chromium or no Chinese font here; browser tests will be skipped. Install them with: sudo apt-get install chromium fonts-wqy-zenhei"
exit 0
