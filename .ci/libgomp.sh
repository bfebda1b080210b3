#!/bin/sh
# LightGBM, which the tests train with, needs the OpenMP library of the system; a bare Debian has none.
[ "$(uname -s)" = Linux ] || exit 0
found() { "$1" -c "import ctypes; ctypes.CDLL('libgomp.so.1')" 2>/dev/null; }
found "$1" && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libgomp1 >/dev/null
fi
found "$1" || { echo "The OpenMP library is missing: sudo apt-get install libgomp1, then run make test again."; exit 1; }
