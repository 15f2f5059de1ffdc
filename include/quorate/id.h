// Identifiers of members, incarnations and polls.
//
// Each id is 128 random bits, so that it is unique without asking anyone. The kinds are distinct
// types: a poll can't be passed where a member is wanted. Values; any thread.
//
//   quorate::MemberId me = group.id();
//   std::string text = me.hex();                       // 32 lower-case hex digits
//   auto again = quorate::MemberId::from_hex(text);    // std::optional
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace quorate {

namespace detail {
std::string to_hex(std::uint64_t high, std::uint64_t low);
bool from_hex(std::string_view text, std::uint64_t& high, std::uint64_t& low);
}  // namespace detail

/// A 128-bit identifier; all zero means "none".
template <class Tag>
struct Id {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    auto operator<=>(const Id&) const = default;
    /// False for the id that names nothing.
    explicit operator bool() const { return (high | low) != 0; }
    /// 32 lower-case hexadecimal digits.
    std::string hex() const { return detail::to_hex(high, low); }
    /// The inverse of hex(); nothing unless `text` is exactly 32 hexadecimal digits.
    static std::optional<Id> from_hex(std::string_view text) {
        Id id;
        if (!detail::from_hex(text, id.high, id.low)) return std::nullopt;
        return id;
    }
};

/// One member's presence in a group. Given up together with its incarnation.
using MemberId = Id<struct MemberTag>;
/// One life of a group, from its founding.
using IncarnationId = Id<struct IncarnationTag>;
/// One vote asked for by an application.
using PollId = Id<struct PollTag>;

}  // namespace quorate

template <class Tag>
struct std::hash<quorate::Id<Tag>> {
    std::size_t operator()(const quorate::Id<Tag>& id) const noexcept {
        return static_cast<std::size_t>(id.high ^ (id.low * 0x9e3779b97f4a7c15ULL));
    }
};
