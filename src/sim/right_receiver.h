// Rule: no frame is taken by another than its receiver, nor by another group.
#pragma once

#include <string>
#include <string_view>

#include "sim/names.h"
#include "sim/rule_broken.h"
#include "wire/frame.h"

namespace quorate::sim {

class RightReceiver {
public:
    explicit RightReceiver(std::string group) : group_(std::move(group)) {}

    /// `self` took a frame as its own. A frame without a receiver
    /// is for whoever answers at the endpoint.
    void taken(MemberId self, const wire::Header& header) const {
        const std::string_view group = header.group;
        if (group == group_ && (!header.receiver || header.receiver == self)) return;
        broken("a frame is taken by its receiver alone", brief(self) + " took a frame of group " +
                                                             std::string(group) + " for " +
                                                             brief(header.receiver));
    }

private:
    std::string group_;
};

}  // namespace quorate::sim
