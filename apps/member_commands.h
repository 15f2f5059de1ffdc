// The commands of `quorate member`: one line each, taken apart and checked. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "quorate/quorate.h"

namespace quorate::apps {

namespace command {
struct Send {
    std::string text;
};
struct SendOrdered {
    std::string text;
};
struct SendToLeader {
    std::string text;
};
struct SendToMember {
    std::optional<MemberId> to;  ///< nothing: the sender of the last direct message
    std::string text;
};
struct RequestVote {
    Voting kind = Voting::majority;
    Duration timeout{};
    std::string topic;
};
struct RequestAction {
    Voting kind = Voting::majority;
    Duration timeout{};
    Duration in{};  ///< from now
    std::string topic;
};
struct Cancel {
    PollId poll;
};
struct Vote {
    PollId poll;
    bool yes = false;
};
struct Status {};
struct Transfer {
    MemberId to;
};
struct Resize {
    std::uint32_t size = 0;
};
struct Leave {};
/// Not a command; one sentence that says what would be.
struct Bad {
    std::string sentence;
};
}  // namespace command

using MemberCommand =
    std::variant<command::Send, command::SendOrdered, command::SendToLeader, command::SendToMember,
                 command::RequestVote, command::RequestAction, command::Cancel, command::Vote,
                 command::Status, command::Transfer, command::Resize, command::Leave, command::Bad>;

MemberCommand parse_command(const std::string& line);
/// The line's first word, for its reply; cut where it is too long to be one.
std::string first_word(std::string_view line);
/// Whether the command, by its first word, carries a message that may be too large.
bool carries_message(std::string_view word);

}  // namespace quorate::apps
