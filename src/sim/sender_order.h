// Rule: what one member sends arrives in its order, at each receiver and within each kind.
//
// Some may be missing; none comes twice, also on a network that doubles frames (but a proposal that
// was doubled on its way to the leader is committed twice). Messages of the simulated components
// say who sent them, and their number: "g 12 34" is the 34th to the group of life 12.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "sim/names.h"

namespace quorate::sim {

/// 'g' to the group, 'o' ordered, 'l' to the leader, 'm' to a member; padded to `bytes`.
std::string compose_message(char kind, Life sender, std::uint64_t number, std::size_t bytes);

class SenderOrder {
public:
    void received(Life receiver, std::string_view message);

private:
    std::map<std::tuple<Life, Life, char>, std::uint64_t> last_;
};

}  // namespace quorate::sim
