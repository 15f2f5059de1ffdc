// What a hostile network or a broken disk makes of good bytes. Seeded.
#pragma once

#include <string>

#include "base/random.h"

namespace quorate {

inline std::string random_bytes(base::Random& random, std::size_t most) {
    std::string bytes(random.below(most + 1), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    return bytes;
}

/// A few flipped bits or overwritten words, somewhere.
inline std::string damaged(base::Random& random, std::string bytes) {
    for (std::uint64_t i = 1 + random.below(4); i > 0 && !bytes.empty(); --i) {
        const std::size_t at = random.below(bytes.size());
        if (random.one_in(4)) {
            for (std::size_t j = at; j < bytes.size() && j < at + 8; ++j) {
                bytes[j] = static_cast<char>(random.one_in(2) ? 0xff : random.next());
            }
        } else {
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
        }
    }
    return bytes;
}

}  // namespace quorate
