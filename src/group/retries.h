// Ordered messages whose outcome this member never learned, kept so that the component can ask for
// them again: they are proposed under the number that they had, and applied once (section 6.3).
// Bounded in number and time, as all members keep what is above the lowest of them: the oldest are
// forgotten first. One loop owns it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "base/time.h"
#include "consensus/sessions.h"
#include "quorate/events.h"

namespace quorate::group {

class Retries {
public:
    static constexpr std::size_t most = 1024;
    static constexpr base::Nanos patience = std::chrono::seconds(30);

    struct Unknown {
        Payload command;  ///< as it was proposed
        base::Nanos since{};
        std::uint64_t index = 0;  ///< not 0: it was seen to commit later on
    };

    void keep(RequestId serial, Payload command, base::Nanos now) {
        unknown_[serial] = {std::move(command), now, 0};
        if (unknown_.size() > most) unknown_.erase(unknown_.begin());
    }
    /// It commits after all, though nobody asked again.
    void committed(RequestId serial, std::uint64_t index) {
        const auto found = unknown_.find(serial);
        if (found != unknown_.end()) found->second.index = index;
    }
    const Unknown* find(RequestId serial) const {
        const auto found = unknown_.find(serial);
        return found == unknown_.end() ? nullptr : &found->second;
    }
    void forget(RequestId serial) { unknown_.erase(serial); }
    void clear() { unknown_.clear(); }
    /// The lowest number that may be asked for again, at most `next`; the others' sessions reach no
    /// further back than half a window behind it.
    RequestId lowest(RequestId next, base::Nanos now) {
        const RequestId reach = consensus::Sessions::window / 2;
        if (next > reach) unknown_.erase(unknown_.begin(), unknown_.lower_bound(next - reach));
        std::erase_if(unknown_,
                      [&](const auto& entry) { return entry.second.since + patience < now; });
        for (const auto& [serial, unknown] : unknown_) {
            if (unknown.index == 0) return std::min(serial, next);
        }
        return next;
    }

private:
    std::map<RequestId, Unknown> unknown_;
};

}  // namespace quorate::group
