// Lists of members' ids.
#pragma once

#include <algorithm>
#include <span>

#include "quorate/id.h"

namespace quorate::base {

inline bool is_among(MemberId id, std::span<const MemberId> ids) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace quorate::base
