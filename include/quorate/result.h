// Errors are values: a stable code for programs and a sentence for people.
//
//   quorate::Result<quorate::RequestId> asked = group.request_vote("open breaker 7");
//   if (!asked) log(asked.error().message);
//   else waiting_for = *asked;
//
// Reading the value of a failed Result is a broken invariant and stops the program with a message.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace quorate {

enum class ErrorCode {
    no_leader,             ///< the group has no leader at the moment: try again after leader_elected
    no_quorum,             ///< too few members are heard: try again after quorum_regained
    unknown_outcome,       ///< leadership was lost under the request: it may or may not have happened
    not_coordinated,       ///< the group's kind has no leader
    not_leader,            ///< only the leader may do this
    unknown_member,        ///< no member of that id in the roster
    unknown_poll,          ///< no poll of that id is known here
    already_voted,         ///< this member voted otherwise in that poll
    too_late,              ///< the poll is closed, or the moment is past
    too_large,             ///< over the message bound
    would_block,           ///< a bounded queue is full: dispatch, then try again
    clock_unsynchronised,  ///< the clock's error bound is over the tolerance
    bad_argument,          ///< the arguments are unusable; the sentence says which and why
    refused,               ///< the group refuses this member: spec differs, or it is full
    cannot_bind,           ///< the address to listen on can't be bound
    left,                  ///< this member has left the group
    lost,                  ///< the incarnation was given up, the request with it
    internal,              ///< a defect: please report it with the sentence
    no_answer,             ///< who was asked from outside did not answer in time
    not_permitted,         ///< this machine refuses what the options ask for, or a thread; the sentence says what to grant
};

/// The code's stable word, as in the event stream: `no_leader`, `would_block`, …
std::string_view to_string(ErrorCode code);

struct [[nodiscard]] Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;  ///< one sentence that says what to do
};

struct Done {};  ///< the value of a Result that carries none

namespace detail {
[[noreturn]] void bad_result_access(const Error* error);
}

/// A value or an Error.
template <class T = Done>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& operator*() & { return value(); }
    const T& operator*() const& { return const_cast<Result*>(this)->value(); }
    T&& operator*() && { return std::move(value()); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &const_cast<Result*>(this)->value(); }

    const Error& error() const {
        if (ok()) detail::bad_result_access(nullptr);
        return *std::get_if<1>(&state_);
    }

private:
    T& value() {
        if (!ok()) detail::bad_result_access(std::get_if<1>(&state_));
        return *std::get_if<0>(&state_);
    }
    std::variant<T, Error> state_;
};

}  // namespace quorate
