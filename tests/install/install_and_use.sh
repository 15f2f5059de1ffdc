#!/bin/sh
# Installs BUILD_DIR somewhere, then builds and runs a component that finds it there.
#   install_and_use.sh BUILD_DIR
set -eu
build=$1
source=$(cd "$(dirname "$0")" && pwd)/component
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cmake --install "$build" --prefix "$room/prefix" >"$room/install.log" || { cat "$room/install.log"; exit 1; }
cmake -S "$source" -B "$room/build" -G Ninja -DCMAKE_PREFIX_PATH="$room/prefix" -DCMAKE_BUILD_TYPE=Release
cmake --build "$room/build"
"$room/build/component"
"$room/build/observed"
"$room/prefix/bin/quorate" --version
