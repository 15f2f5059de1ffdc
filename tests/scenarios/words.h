// How scenarios spell members, entries, configurations, messages and times. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "raft/raft.h"

namespace quorate::scenarios {

using raft::Index;
using raft::Message;
using raft::Nanos;
using raft::Term;

/// Members are capital letters: A is the member with id 1.
std::string name_of(MemberId id);
std::optional<MemberId> member_of(std::string_view name);
/// "A B C".
std::string names_of(const std::vector<MemberId>& ids);

std::string text_of(const raft::Entry& entry);  ///< "x", "no-op", "voters A B C"
std::string text_of(const raft::Configuration& configuration);
/// "3/t2 x, 4/t2 y"; no more than the ends of a long list.
std::string list_of(const raft::Entries& entries);
std::string position(Index index, Term term);  ///< "3/t2"; "the start" for 0
std::string range(Index first, Index last);    ///< "3" or "3..5"

/// The word by which scripts select a message: append, append-reply, vote, vote-reply, pre-vote,
/// pre-vote-reply, snapshot, timeout-now.
std::string kind_of(const Message& message);
/// What it says: "append in term 2: 3/t2 x after 2/t1; commit 2".
std::string text_of(const Message& message);

std::string in_ms(Nanos time);      ///< whole milliseconds, rounded down: "153 ms"
std::string in_tenths(Nanos time);  ///< "148.5 ms", rounded down

}  // namespace quorate::scenarios
