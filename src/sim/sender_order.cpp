#include "sim/sender_order.h"

#include <sstream>

#include "sim/rule_broken.h"

namespace quorate::sim {

std::string compose_message(char kind, Life sender, std::uint64_t number, std::size_t bytes) {
    std::string text =
        std::string(1, kind) + ' ' + std::to_string(sender) + ' ' + std::to_string(number) + ' ';
    if (text.size() < bytes) text.resize(bytes, '.');
    return text;
}

void SenderOrder::received(Life receiver, std::string_view message) {
    std::istringstream text{std::string(message.substr(0, 40))};
    char kind = 0;
    Life sender = 0;
    std::uint64_t number = 0;
    if (!(text >> kind >> sender >> number)) {
        broken("messages arrive as they were sent",
               "life " + std::to_string(receiver) + " received one that nobody wrote");
    }
    std::uint64_t& last = last_[{receiver, sender, kind}];
    const bool again = number == last && kind != 'o';
    if (number < last || again) {
        broken("a member's messages arrive in order",
               "life " + std::to_string(receiver) + " got number " + std::to_string(number) +
                   " of kind " + kind + " from life " + std::to_string(sender) + " after " +
                   std::to_string(last));
    }
    last = number;
}

}  // namespace quorate::sim
