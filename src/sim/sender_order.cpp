#include "sim/sender_order.h"

#include <optional>
#include <sstream>

#include "sim/rule_broken.h"

namespace quorate::sim {

std::string compose_message(char kind, Life sender, std::uint64_t number, std::size_t bytes) {
    std::string text =
        std::string(1, kind) + ' ' + std::to_string(sender) + ' ' + std::to_string(number) + ' ';
    if (text.size() < bytes) text.resize(bytes, '.');
    return text;
}

namespace {

/// Sender, kind and number; nothing if nobody wrote it.
std::optional<std::tuple<Life, char, std::uint64_t>> read_name(std::string_view message) {
    std::istringstream text{std::string(message.substr(0, 40))};
    char kind = 0;
    Life sender = 0;
    std::uint64_t number = 0;
    if (!(text >> kind >> sender >> number)) return std::nullopt;
    return std::tuple(sender, kind, number);
}

}  // namespace

void SenderOrder::asked_again(std::string_view message) {
    if (const auto name = read_name(message)) asked_again_.insert(*name);
}

void SenderOrder::received(Life receiver, std::string_view message) {
    const auto name = read_name(message);
    if (!name) {
        broken("messages arrive as they were sent",
               "life " + std::to_string(receiver) + " received one that nobody wrote");
    }
    const auto [sender, kind, number] = *name;
    std::uint64_t& last = last_[{receiver, sender, kind}];
    const bool may_be_late = number < last && asked_again_.contains(*name);
    if (may_be_late && came_late_.emplace(receiver, *name).second) return;
    if (number <= last) {
        broken("a member's messages arrive in order",
               "life " + std::to_string(receiver) + " got number " + std::to_string(number) +
                   " of kind " + kind + " from life " + std::to_string(sender) + " after " +
                   std::to_string(last));
    }
    last = number;
}

}  // namespace quorate::sim
