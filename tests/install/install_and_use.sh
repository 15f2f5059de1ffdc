#!/bin/sh
# Installs BUILD_DIR somewhere, then builds and runs a component that finds it there. Then has the sources beside
# the component's own, and looks at what would be built: the library alone.
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

cmake -S "$source" -B "$room/beside" -G Ninja -DQUORATE_SOURCES="$source/../../.." -DCMAKE_BUILD_TYPE=Release
ninja -C "$room/beside" -t commands all >"$room/steps"
grep -q 'quorate/src/CMakeFiles/quorate_group' "$room/steps"
if grep -oE 'quorate/(apps|bench|examples|tests)/[^ ]*CMakeFiles/[^ ]*' "$room/steps"; then
    echo "a project that has the sources beside its own would build this, too"
    exit 1
fi
