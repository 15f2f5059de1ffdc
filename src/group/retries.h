// Ordered messages whose outcome this member never learned, kept so that the component can ask for
// them again: they are proposed under the number that they had, and applied once (section 6.3).
// Bounded in number, bytes and time, as all members keep what is above the lowest of them: the
// oldest are forgotten first. One loop owns it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/time.h"
#include "consensus/sessions.h"
#include "group/requests.h"
#include "quorate/events.h"

namespace quorate::group {

class Retries {
public:
    static constexpr std::size_t most = 1024;
    static constexpr std::size_t most_bytes = 16 << 20;  ///< of one at least, however long it is
    static constexpr base::Nanos patience = std::chrono::seconds(30);

    struct Unknown {
        RequestId told_as = 0;  ///< the number under which the component last asked for it
        Payload command;        ///< as it was proposed
        base::Nanos since{};
        std::uint64_t index = 0;  ///< not 0: it was seen to commit later on
        bool as_leader = false;
    };

    void keep(RequestId serial, Requests::Pending request, base::Nanos now) {
        forget(serial);
        bytes_ += request.command.size();
        unknown_[serial] = {request.told_as, std::move(request.command), now, 0, request.as_leader};
        while (unknown_.size() > 1 && (unknown_.size() > most || bytes_ > most_bytes)) {
            forget(unknown_.begin()->first);
        }
    }
    /// It commits after all, though nobody asked again.
    void committed(RequestId serial, std::uint64_t index) {
        const auto found = unknown_.find(serial);
        if (found != unknown_.end()) found->second.index = index;
    }
    /// By any number that the component knows it by; what is found is its serial.
    std::optional<RequestId> find(RequestId request) const {
        if (unknown_.contains(request)) return request;
        for (const auto& [serial, unknown] : unknown_) {
            if (unknown.told_as == request) return serial;
        }
        return std::nullopt;
    }
    const Unknown& at(RequestId serial) const { return unknown_.at(serial); }
    void forget(RequestId serial) {
        const auto found = unknown_.find(serial);
        if (found == unknown_.end()) return;
        bytes_ -= found->second.command.size();
        unknown_.erase(found);
    }
    void clear() {
        unknown_.clear();
        bytes_ = 0;
    }
    void expire(base::Nanos now) {
        for (auto at = unknown_.begin(); at != unknown_.end();) {
            const RequestId serial = at->first;
            const bool old = at->second.since + patience < now;
            ++at;
            if (old) forget(serial);
        }
    }
    /// The lowest number that may be asked for again, at most `next`; the others' sessions reach no
    /// further back than half a window behind it.
    RequestId lowest(RequestId next) {
        const RequestId reach = consensus::Sessions::window / 2;
        while (next > reach && !unknown_.empty() && unknown_.begin()->first < next - reach) {
            forget(unknown_.begin()->first);
        }
        for (const auto& [serial, unknown] : unknown_) {
            if (unknown.index == 0) return std::min(serial, next);
        }
        return next;
    }

private:
    std::map<RequestId, Unknown> unknown_;
    std::size_t bytes_ = 0;
};

}  // namespace quorate::group
