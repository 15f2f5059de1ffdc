// Included before everything in the build of the fuzzers: Cap'n Proto 0.9's <capnp/blob.h> compares
// a `const char*` with a kj::StringPtr, which C++20 as clang 16 reads it (P2468) finds no operator
// for.
#pragma once

#include <kj/string.h>

namespace kj {

inline bool operator==(const char* text, const StringPtr& other) {
    return other == StringPtr(text);
}
inline bool operator!=(const char* text, const StringPtr& other) {
    return !(other == StringPtr(text));
}

}  // namespace kj
