// What is said of an option or argument that can't be taken: its name, its value, and what it must
// be.
#pragma once

#include <string>
#include <utility>

#include "quorate/result.h"

namespace quorate::base {

inline Error bad_argument(std::string sentence) {
    return {ErrorCode::bad_argument, std::move(sentence)};
}

}  // namespace quorate::base
