// Rule: what one member sends arrives in its order, at each receiver and within each kind.
//
// Some may be missing; none comes twice, also on a network that doubles frames. An ordered message
// that was asked for again, as its outcome was unknown, may come behind later ones. Messages of the
// simulated components say who sent them, and their number: "g 12 34" is the 34th to the group of
// life 12.
#pragma once

#include <cstdint>
#include <map>
#include <set>
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
    void asked_again(std::string_view message);

private:
    using Name = std::tuple<Life, char, std::uint64_t>;  ///< sender, kind, number
    std::set<Name> asked_again_;
    std::set<std::pair<Life, Name>> came_late_;  ///< at a receiver
    std::map<std::tuple<Life, Life, char>, std::uint64_t> last_;
};

}  // namespace quorate::sim
