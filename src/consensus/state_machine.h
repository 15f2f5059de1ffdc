// What a group has agreed on: spec, roster, polls. Deterministic: the same log gives the same state
// and the same effects at every member. Knows nothing of Raft, time, threads or the network.
//
//   StateMachine machine(founding);
//   for (const Effect& effect : machine.apply(index, bytes)) tell(effect);
//
// Not thread-safe; never blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/recycling.h"
#include "consensus/commands.h"
#include "consensus/sessions.h"
#include "quorate/spec.h"

namespace quorate::consensus {

/// Epochs count up from the seconds since 1970: one beyond this is a forgery, from which nobody
/// could count on.
inline constexpr std::uint64_t max_epoch = std::uint64_t{1} << 40;

/// What the founders agreed on (rule 2): the state at index 0 of every incarnation.
struct Founding {
    IncarnationId incarnation;
    std::uint64_t epoch = 0;
    GroupSpec spec;
    std::vector<MemberRecord> roster;
};

using MemberIds = base::RecyclingVector<MemberId>;

/// A poll under way.
struct Poll {
    PollId id;
    MemberId requester;
    std::string topic;
    Voting kind = Voting::majority;
    base::Nanos timeout{};
    std::uint64_t opened_at = 0;  ///< index
    std::optional<ActionTerms> action = {};
    /// The electorate, fixed at opened_at: who has a vote, what each said, and whether it is gone.
    struct Ballot {
        enum class Choice : std::uint8_t { none, yes, no } choice = Choice::none;
        bool gone = false;            ///< left or was lost before voting; stays gone (rule 8)
        bool unsynchronised = false;  ///< no, for the sake of its clock
    };
    base::RecyclingMap<MemberId, Ballot> electorate;

    std::uint32_t yes_votes() const;
    std::uint32_t no_votes() const;
    /// The outcome if it is certain by now, whatever the others still say.
    std::optional<Outcome> certain() const;
    /// An action that has its yes, and waits for the leader to say when that was (rule 9).
    bool waits_for_stamp() const { return action && certain() == Outcome::yes; }
};

/// An action that is agreed on, for those that had a vote in it.
struct Action {
    PollId poll;
    std::string topic;
    ActionTerms terms;
    MemberIds electorate;
};

/// A greater size that not all have acknowledged yet.
struct Growing {
    std::uint32_t size = 0;
    MemberId requester;
    std::uint64_t request = 0;
    std::uint64_t since = 0;   ///< index: who has this entry knows the size
    std::uint64_t joined = 0;  ///< index of the last Join since then
};

// ---- effects: what one entry changed ----
struct RosterJoined {
    MemberRecord member;
};
struct RosterLeft {
    MemberRecord member;
    Departure reason = Departure::left;
};
struct RosterMoved {
    MemberRecord member;
};  ///< a new endpoint
struct Ordered {
    std::uint64_t index = 0;
    OrderedMessage message;
};
/// A message that came again: applied before, at `index` (0: too long ago to be known).
struct Repeated {
    MemberId from;
    std::uint64_t request = 0;
    std::uint64_t index = 0;
};
struct PollOpened {
    PollId poll;
    std::uint64_t request = 0;
};  ///< look it up with find_poll()
struct PollRejected {
    PollId poll;
    MemberId requester;
    std::uint64_t request = 0;
    Error error;
};  ///< too many open, or a known id
struct VoteCounted {
    PollId poll;
    MemberId voter;
};
struct VoteRejected {
    PollId poll;
    MemberId voter;
    Error error;
};  ///< too_late, already_voted, unknown_poll, …
struct PollClosed {
    PollId poll;
    Outcome outcome = Outcome::no;
    std::uint32_t yes_votes = 0;
    std::uint32_t no_votes = 0;
    std::uint32_t electorate = 0;
    std::uint64_t index = 0;
    MemberIds voters;                        ///< the electorate
    MemberIds unsynchronised = {};           ///< of those, who said no for the sake of its clock
    bool cancelled = false;                  ///< called off after it was agreed on
    std::optional<ActionTerms> action = {};  ///< what was agreed on
    std::string topic = {};                  ///< not kept with the result
};
/// An action has its yes: the leader says the time (CloseAction).
struct ActionAgreed {
    PollId poll;
};
struct ActionArmed {
    Action action;
};
struct ActionOff {
    PollId poll;
    MemberId requester;
    std::uint64_t request = 0;
};  ///< called off, armed or not
struct CancelRejected {
    MemberId requester;
    std::uint64_t request = 0;
    Error error;
};  ///< too_late, unknown_poll
/// The group has another size, or the one that was asked for already.
struct Resized {
    MemberId requester;
    std::uint64_t request = 0;
    std::uint32_t size = 0;
};
struct ResizeRejected {
    MemberId requester;
    std::uint64_t request = 0;
    Error error;
};  ///< too many members, another one under way; or it was under way, and is called off
struct Malformed {
    Error error;
};  ///< bytes that are no command: no change at all

using Effect =
    std::variant<RosterJoined, RosterLeft, RosterMoved, Ordered, Repeated, PollOpened, PollRejected,
                 VoteCounted, VoteRejected, PollClosed, ActionAgreed, ActionArmed, ActionOff,
                 CancelRejected, Resized, ResizeRejected, Malformed>;
using Effects = base::RecyclingVector<Effect>;

class StateMachine {
public:
    explicit StateMachine(Founding founding);

    /// Applies the command in the entry at `index` (greater than every one before) and says what
    /// changed. Polls whose outcome became certain close in the same call, after the effect that
    /// decided them (an opened poll may close at once; a leave may close several, by poll id).
    /// Commands of members outside the roster are rejected or ignored, never fatal. So is a Join
    /// for which there is no place: at most spec().size members that are no observers are in the
    /// roster.
    Effects apply(std::uint64_t index, const Payload& command);

    const Founding& founding() const { return founding_; }
    const GroupSpec& spec() const { return founding_.spec; }
    std::uint64_t applied() const { return applied_; }
    /// In the order in which they joined.
    const std::vector<MemberRecord>& roster() const { return roster_; }
    const MemberRecord* find_member(MemberId id) const;
    const Poll* find_poll(PollId id) const;
    const base::RecyclingMap<PollId, Poll>& open_polls() const { return polls_; }
    /// The result of a poll that closed, kept for the last max_closed_polls of them.
    const PollClosed* find_result(PollId id) const;
    /// Those of polls that closed behind `index`, the oldest first.
    std::vector<PollClosed> results_since(std::uint64_t index) const;
    /// Agreed actions, but for those whose moment was past, for certain, at some later stamp of a
    /// leader.
    const base::RecyclingMap<PollId, Action>& actions() const { return actions_; }
    /// A greater size on its way. Seats go ahead of it: a quorum of them must have it first.
    const std::optional<Growing>& growing() const { return growing_; }
    /// The size on its way, or the one agreed on.
    std::uint32_t coming_size() const;
    /// The seats there are to be, by that size.
    std::uint32_t wanted_seats() const;
    /// How many of the roster count towards the deployment's size (no observers).
    std::uint32_t deployed() const;
    std::uint32_t witnesses() const;

    /// The whole state, encoded (schema/log.capnp); restore(serialize()) behaves the same from then
    /// on.
    Payload serialize() const;
    static Result<StateMachine> restore(const Payload& state);

    static constexpr std::size_t max_open_polls = 1024;
    static constexpr std::size_t max_closed_polls = 1024;
    static constexpr std::size_t max_actions = 1024;  ///< agreed, and voted on
    static constexpr std::size_t max_topic_bytes = 64 * 1024;
    static constexpr std::size_t max_roster = 2048;  ///< observers included

private:
    // One handler for each kind of command: roster.cpp, state_machine.cpp, polls.cpp, actions.cpp,
    // size.cpp.
    void take(std::uint64_t index, const Join& command, Effects& effects);
    void take(std::uint64_t index, const Leave& command, Effects& effects);
    void take(std::uint64_t index, OrderedMessage& command, Effects& effects);
    void take(std::uint64_t index, OpenPoll& command, Effects& effects);
    void take(std::uint64_t index, const CastVote& command, Effects& effects);
    void take(std::uint64_t index, const ExpirePoll& command, Effects& effects);
    void take(std::uint64_t index, const CloseAction& command, Effects& effects);
    void take(std::uint64_t index, const CancelAction& command, Effects& effects);
    void take(std::uint64_t index, const Resize& command, Effects& effects);
    void take(std::uint64_t index, const FinishResize& command, Effects& effects);

    std::optional<Error> find_problem_in(const OpenPoll& command) const;
    std::optional<Error> find_problem_in(const CastVote& command) const;
    std::optional<Error> find_problem_in(const CancelAction& command) const;
    std::optional<Error> find_problem_in(const Resize& command) const;
    std::optional<Error> find_problem_in_terms(const OpenPoll& command) const;
    void forget_past_actions(ActionClock clock, const Stamp& stamp);
    void settle(std::uint64_t index, const Poll& poll, Outcome outcome, Effects& effects);
    bool has_room_for(const MemberRecord& member) const;
    void close_polls_without(std::uint64_t index, MemberId gone, Effects& effects);
    void close_poll(std::uint64_t index, const Poll& poll, Outcome outcome, Effects& effects);
    void keep_result(PollClosed result);

    Founding founding_;
    std::uint64_t applied_ = 0;
    std::vector<MemberRecord> roster_;
    std::optional<Growing> growing_;
    Sessions sessions_;
    base::RecyclingMap<PollId, Poll> polls_;
    base::RecyclingMap<PollId, Action> actions_;
    base::RecyclingMap<PollId, PollClosed> results_;
    base::RecyclingDeque<PollId> results_by_age_;  ///< the oldest first
};

}  // namespace quorate::consensus
