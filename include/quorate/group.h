// Group: a component's handle on one group. Made by Coordinator::join_group().
//
//   feeder.on_vote_request([&](const quorate::VoteRequest& request) {
//       feeder.send_vote(request.poll, safe_to(request.topic));
//   });
//   feeder.on_vote_result([&](const quorate::VoteResult& result) {
//       if (result.yes() && result.topic == "open breaker 7") open_breaker();
//   });
//   feeder.request_vote("open breaker 7", {.kind = quorate::Voting::majority, .timeout = 500ms});
//   // Lease and fencing token of one moment:
//   if (const auto now = feeder.status(); now.lease) set_reference(now.epoch, now.term);
//
// Threads, for everything below: requests and queries may be called from any thread; handlers,
// pulling and await() belong to the component's thread, the one that calls dispatch(). Nothing
// blocks but await(). Everything may be called from handlers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quorate/elections.h"
#include "quorate/events.h"
#include "quorate/id.h"
#include "quorate/metrics.h"
#include "quorate/result.h"
#include "quorate/spec.h"

namespace quorate {

/// A request on its way, or why it was not taken. It may be ignored, as one reading of many may be;
/// who can't afford to lose it looks.
///
///   quorate::Request asked = feeder.send_ordered("set point 0.8");
///   if (!asked) log(asked.error().message);
///   else waiting_for = *asked;
class Request {
public:
    Request(RequestId id) : id_(id) {}
    Request(Error error) : id_(std::move(error)) {}

    bool ok() const { return id_.ok(); }
    explicit operator bool() const { return ok(); }
    /// The number that comes back in RequestDone.
    RequestId operator*() const { return *id_; }
    const Error& error() const { return id_.error(); }
    operator Result<RequestId>() const { return id_; }

private:
    Result<RequestId> id_;
};

/// Told the outcome of one request, once, in dispatch() or next_event().
using Completion = std::function<void(const RequestDone&)>;

struct VoteOptions {
    Voting kind = Voting::majority;
    Duration timeout = std::chrono::seconds(1);  ///< 1 ms to 24 h; what is open then has failed
};

struct ActionOptions {
    Voting kind = Voting::majority;
    Duration timeout = std::chrono::seconds(1);  ///< of the vote; ends before the moment
    /// How far from the moment an act may be, by its clock's error or its lateness: whose clock's
    /// error bound is over it votes no, and who wakes up later than that does not act. Above 0, up
    /// to 1 h.
    Duration tolerance = std::chrono::milliseconds(100);
    /// How long before the moment the decision must stand, and can be called off; 0: a heartbeat.
    Duration margin{};
};

class Group {
public:
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group();

    // ---- requests ----
    // Each returns at once. Accepted, it is answered exactly once, within 5 s: by a RequestDone
    // event and, if one was given, its completion, which runs just before the event's handler. A
    // request counts as outstanding until its outcome was dispatched, and at most
    // MemberOptions::mailbox_commands are.
    //
    // Errors at once: would_block (that many are outstanding: dispatch, then try again), too_large,
    // bad_argument, left. Errors by RequestDone: no_leader, no_quorum, unknown_outcome, lost, left,
    // and what is said beside each. What one member sends arrives in its order, at each receiver
    // and within each kind (to the group, ordered, direct).

    /// To every member, this one included. Done: handed to the link of every other member in the
    /// roster.
    Request send(Payload data, Completion done = {});
    Request send(std::string text, Completion done = {}) {
        return send(Payload(std::move(text)), std::move(done));
    }

    /// To every member through the log, in one order for all. Done: committed, at
    /// RequestDone::index.
    Request send_ordered(Payload data, Completion done = {});
    Request send_ordered(std::string text, Completion done = {}) {
        return send_ordered(Payload(std::move(text)), std::move(done));
    }

    /// As send_ordered(), for what only a leader may say: where send_ordered() is handed on to the
    /// leader, this is refused. Done: committed, in the term in which this member led.
    /// Further error: not_leader.
    Request send_ordered_as_leader(Payload data, Completion done = {});
    Request send_ordered_as_leader(std::string text, Completion done = {}) {
        return send_ordered_as_leader(Payload(std::move(text)), std::move(done));
    }

    /// Asks again for a send_ordered() whose outcome was unknown_outcome: it is applied once,
    /// whether it had been applied already or not. Done: committed, at RequestDone::index, which may
    /// be that of the first time. The last 1,024 are kept, up to 16 MiB together, for 30 s and as
    /// long as their incarnation lasts. What was said as the leader is asked again as the leader.
    /// Further errors: too_late (nothing is kept of it), not_leader.
    ///
    ///   if (done.error && done.error->code == ErrorCode::unknown_outcome) feeder.retry(done.request);
    Request retry(RequestId request, Completion done = {});

    /// To the leader, be it this member. Done: handed to its link.
    Request send_to_leader(Payload data, Completion done = {});
    Request send_to_leader(std::string text, Completion done = {}) {
        return send_to_leader(Payload(std::move(text)), std::move(done));
    }

    /// To one member; to the sender of the last direct message that was dispatched here, if `to` is
    /// none. Done: handed to its link. Further error: unknown_member.
    Request send_to_member(MemberId to, Payload data, Completion done = {});
    Request send_to_member(MemberId to, std::string text, Completion done = {}) {
        return send_to_member(to, Payload(std::move(text)), std::move(done));
    }

    /// Asks all members that have a vote, this one included, about `topic` (up to 64 KiB). Done:
    /// the poll is open, and its id in RequestDone::poll. The outcome comes as VoteResult.
    Request request_vote(std::string topic, VoteOptions options = {}, Completion done = {});

    /// This member's vote. Done: counted, or on its way. To vote again the same changes nothing. It
    /// may come before this member knows the poll: it waits for that, up to election_max, and never
    /// 5 s.
    /// Further errors: already_voted, unknown_poll, too_late, clock_unsynchronised (an action: the
    /// library has voted no).
    Request send_vote(PollId poll, bool yes, Completion done = {});

    /// Asks all members that have a vote whether to act together at the moment `at` (rule 9). Done:
    /// the poll is open, and its id in RequestDone::poll. Its outcome comes as VoteResult: yes where
    /// the vote said yes and that was in the log `margin` before the moment. Then every member that
    /// had a vote gets ActionDue at the moment, or ActionMissed where it can't.
    ///
    ///   feeder.request_action("close breaker 7", feeder.action_time() + 500ms,
    ///                         {.timeout = 300ms, .tolerance = 2ms});
    ///
    /// It is not all or nothing: a member that is cut off after the decision can neither be told of
    /// its calling off, nor tell that it could not act. Errors at once: bad_argument (also where
    /// `at` is no later than the timeout from now); by RequestDone: clock_unsynchronised (this
    /// member's own clock), too_late, would_block.
    Request request_action(std::string topic, Duration at, ActionOptions options = {},
                           Completion done = {});

    /// Calls an action off, by the log: any member may, until the action's margin before its
    /// moment. Done: it is off, and whoever has it armed is told ActionCancelled, or, if it was
    /// still voted on, its result, no. Further errors: unknown_poll, too_late.
    Request cancel_action(PollId poll, Completion done = {});

    /// What acts at the moment itself: called on the group's action thread, which sleeps until then
    /// and spins at the end; the event ActionDue follows in dispatch(). The one thing of the
    /// component's that runs on another thread: it should do its deed and return, and must neither
    /// block nor call this group but for send_…() and queries. It must not throw: nobody is there to
    /// catch it, and an exception ends the process. Set it before the action is agreed.
    ///
    ///   feeder.set_actuator([&](const quorate::ActionDue&) { breaker.open(); });
    void set_actuator(std::function<void(const ActionDue&)> actuator);

    /// Leader: hands leadership on to that voter. Done: it leads. Further errors: not_leader,
    /// unknown_member.
    Request transfer_leadership(MemberId to, Completion done = {});

    /// Changes how many members the group is deployed with (GroupSpec::size), by the log. Done: the
    /// group has that size, status().size says it, and members of the new size may come.
    ///
    /// Growing takes effect when every member in the roster has acknowledged it, so that nobody
    /// founds by the old size any more. Shortly before, decisions begin to take as many voters as
    /// the new size asks for, out of those that are there already (so that until the new ones have
    /// come fewer may fail); that must be no more than the present seats: with the default
    /// max_voters, 2 grow to 3, 3 to 5, 4 and more to any size. It waits until so many are alive;
    /// unknown_outcome after 5 s means that it still waits, and asking again waits on. The order is:
    /// let every component's configuration say the new size, resize, then start the new members.
    ///
    /// Shrinking is for when the others are gone: let them leave and stop them, resize, then change
    /// the configurations; those who stay must still decide by the old size, so it goes down to a
    /// majority at a time (7 to 4, 5 to 3, 3 to 2). A member whose group is lost in the middle may
    /// be left with the old size, is refused with a sentence, and comes back when it is started
    /// again.
    ///
    /// Asking for the present size calls a growth off that waits for somebody. Further errors:
    /// bad_argument if more members than that are in, or it can't grow so far at once; would_block
    /// while it grows to another size; too_late if it was called off.
    ///
    ///   if (auto done = feeder.await(feeder.resize(5)); !done) log(done.error().message);
    Request resize(std::uint32_t size, Completion done = {});

    /// Waits for a request's outcome and takes it out of the queue: neither its completion nor a
    /// handler hears of it. Other events wait for the next dispatch() meanwhile. For start-up and
    /// tools; a control loop listens instead. Passes on the error of a request that was not taken,
    /// so that requests can be given to it directly:
    ///
    ///   auto done = feeder.await(feeder.send_ordered("set point 0.8"));
    ///
    /// Errors: the request's own; unknown_outcome when `timeout` passed (the outcome comes as an
    /// event later); bad_argument when the outcome was told already.
    Result<RequestDone> await(const Request& request, Duration timeout = std::chrono::seconds(6));

    // ---- queries: answered from what the worker published last ----

    /// Whether this member leads, and nobody else can: a lease, checked against CLOCK_BOOTTIME at
    /// this call. Lock-free. True says nothing about the next moment; where a late act does harm,
    /// pass the fencing token (epoch, term) along with it.
    bool am_leader() const;
    /// The leader that this member knows; none if it knows none.
    MemberId leader() const;
    /// The agreed roster, this member included once it is in; in the order of their joining.
    std::vector<MemberInfo> members() const;
    /// How many members the roster holds. (How many the group is deployed with: spec().size.)
    std::size_t size() const;
    /// Whether this member hears a majority.
    bool has_quorum() const;
    /// This member's id. A new one after GroupReset, or when joined again after leaving.
    MemberId id() const;
    /// TYPE.INSTANCE. Constant.
    const std::string& name() const;
    /// The spec that this member came with, with the size that is agreed on now.
    GroupSpec spec() const;
    /// Now, on the clock that MemberOptions::clock chose; since that clock's epoch.
    Duration action_time() const;
    /// All of the above at one moment, and more.
    GroupStatus status() const;

    /// What the worker counted and measured, at most a heartbeat (or 100 ms) ago. Copies a few
    /// kilobytes.
    GroupMetrics metrics() const;
    /// The last elections that this member saw, oldest first; at most kept_elections. They stay when
    /// the incarnation is given up.
    std::vector<ElectionRecord> elections() const;

    // ---- events, by handlers: run in Coordinator::dispatch() ----
    // Setting a handler replaces the one before; an empty one removes it. Events without a handler
    // are dropped when dispatched.
    template <class E>
    using Handler = std::function<void(const E&)>;

    void on_started(Handler<Started> handler);
    void on_joined(Handler<Joined> handler);
    void on_member_joined(Handler<MemberJoined> handler);
    void on_member_left(Handler<MemberLeft> handler);
    void on_leader_elected(Handler<LeaderElected> handler);
    void on_leader_lost(Handler<LeaderLost> handler);
    void on_quorum_lost(Handler<QuorumLost> handler);
    void on_quorum_regained(Handler<QuorumRegained> handler);
    void on_evicted(Handler<Evicted> handler);
    void on_group_reset(Handler<GroupReset> handler);
    void on_state_restored(Handler<StateRestored> handler);
    void on_split(Handler<Split> handler);
    void on_events_lost(Handler<EventsLost> handler);
    void on_message(Handler<Message> handler);
    void on_message_to_leader(Handler<MessageToLeader> handler);
    void on_message_to_member(Handler<MessageToMember> handler);
    void on_vote_request(Handler<VoteRequest> handler);
    void on_vote_result(Handler<VoteResult> handler);
    void on_action_due(Handler<ActionDue> handler);
    void on_action_missed(Handler<ActionMissed> handler);
    void on_action_cancelled(Handler<ActionCancelled> handler);
    void on_request_done(Handler<RequestDone> handler);
    void on_refused(Handler<Refused> handler);
    void on_security_notice(Handler<SecurityNotice> handler);
    /// The last event. Requests that were still outstanding have been told `left` before it.
    void on_left(Handler<Left> handler);

    // ---- events, by pulling ----

    /// From now on this group's events wait for next_event(), and dispatch() leaves them alone.
    /// Call it right after join_group(), before the first dispatch().
    void pull_events();
    /// The next event that waits, or nothing. Runs a request's completion when it returns its
    /// RequestDone.
    std::optional<Event> next_event();

    /// Readable (POLLIN) while events of this group wait; as Coordinator::descriptor(). Constant.
    int descriptor() const;

private:
    friend class Coordinator;
    class Impl;
    explicit Group(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace quorate
