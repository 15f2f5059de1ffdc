// GroupLoop's inside: what its rooms share. Each group of functions below has a file of its own,
// named beside it; docs/protocol.md tells the story they follow.
//
// Two states: outside (no raft_), looking for an incarnation to found or join; and inside (raft_
// and machine_), from enter() to give_up() or the end.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/recycling.h"
#include "consensus/seats.h"
#include "group/election_recorder.h"
#include "group/event_outbox.h"
#include "group/group_loop.h"
#include "group/measurements.h"
#include "group/peers.h"
#include "group/requests.h"
#include "group/retries.h"

namespace quorate::group {

/// Every request is answered within 5 s (the contract of `quorate member`): this, and how often it
/// is looked at.
inline constexpr Nanos request_timeout = std::chrono::milliseconds(4800);
inline constexpr Nanos request_grain = std::chrono::milliseconds(100);
/// A longer one would not fit into a frame of the log, with what belongs to it.
inline constexpr std::size_t max_command_bytes = std::size_t{48} << 20;

using base::Moment;
using base::never;
using consensus::MemberRecord;
using raft::Raft;

class GroupLoop::Impl {
public:
    Impl(LoopOptions options, io::Clock& clock, io::Transport& transport, io::LogStore& store,
         io::Mailbox& mailbox, io::Alarm& alarm);

    // ---- group_loop.cpp: the turn ----
    void turn(const std::vector<io::TransportEvent>& arrived, std::vector<io::Command>& commands);
    Nanos next_deadline() const { return next_deadline_; }
    bool finished() const { return finished_; }
    std::uint64_t untold_losses() const { return outbox_.untold(); }
    GroupStatus status() const;
    void write_status(GroupStatus& status) const;

    LoopOptions options_;
    MemberId self_;
    std::unique_ptr<Raft> raft_;
    std::unique_ptr<consensus::StateMachine> machine_;
    DropCounters drops_;
    Nanos promised_until() const;

private:
    // ---- group_loop.cpp ----
    void notice_lateness();
    void housekeeping();  ///< every heartbeat: what need not be exact
    void settle_turn();   ///< after the inputs: pump, tell, publish
    State state() const;
    /// Agreed on; in a default group, who this member finds there.
    const std::vector<MemberRecord>& roster() const {
        return machine_ ? machine_->roster() : company_;
    }
    const MemberRecord* find_member(MemberId id) const;
    IncarnationId incarnation() const {
        return machine_ ? machine_->founding().incarnation : IncarnationId{};
    }
    void publish_status();
    void show_status();
    void withdraw_lease(Nanos until);
    Nanos find_next_deadline() const;
    void read_clock() { now_ = clock_.now(); }
    Nanos now() const { return now_.monotonic; }
    const Timing& timing() const { return options_.spec.timing; }
    void story(const std::string& line, LogModule module = LogModule::group) const {
        if (options_.probe.story) options_.probe.story(line);
        if (logs(module, LogLevel::info)) log(module, LogLevel::info, line);
    }
    /// Ask before a line is put together.
    bool logs(LogModule module, LogLevel level) const {
        return options_.member.log.wants(module, level);
    }

    // ---- company.cpp: a default group, without a leader and without a log ----
    /// Between signs of life; in a large company more seldom, but in time for peer-timeout.
    Nanos company_beat() const {
        return std::min(pace(), std::max<Nanos>(timing().heartbeat, timing().peer_timeout / 4));
    }
    bool is_default() const { return options_.spec.kind == Kind::default_kind; }
    void open_company();
    void keep_company();
    void consider_company(const wire::Header& from, Peer& peer);
    void part_with(MemberId id, Departure reason);
    bool gives_way(MemberId id, const Peer& peer, const GroupSpec& theirs) const;
    static bool is_of_a_company(const wire::Body& body);
    void say_farewell_to_company();

    // ---- frames.cpp: in and out ----
    void on_transport_event(const io::TransportEvent& event);
    void on_frame(const io::FrameArrived& arrived);
    void on_datagram(const Payload& bytes);
    std::optional<wire::Frame> read_frame(const Payload& bytes);
    bool is_for_us(const wire::Header& header, const wire::Body& body);
    void handle(const wire::Header& from, const wire::Body& body);
    bool send(MemberId to, const std::string& endpoint, wire::Body body,
              std::optional<IncarnationId> of = std::nullopt);
    bool hand_over(const std::string& endpoint, Payload frame);
    bool send_to(MemberId to, wire::Body body);  ///< to a member whose endpoint is known
    wire::Frame frame_to(MemberId to, wire::Body body, std::optional<IncarnationId> of) const;
    const std::string& endpoint_of(MemberId id) const;  ///< empty: not known
    bool takes_part(MemberId id) const;
    void tidy_links();
    bool in_a_crowd() const;
    bool talks_to(MemberId id) const;
    bool looks_after(MemberId id) const;
    void close_unless_reused(const std::string& endpoint);
    wire::Introduction introduction() const;

    // ---- access.cpp: where members are authenticated (docs/security.md) ----
    void on_refused_by_peer(const io::RefusedByPeer& refusal);
    void on_other_deployment(const io::FrameArrived& arrived, const wire::Frame& frame);
    bool may_speak_for(const io::FrameArrived& arrived, const wire::Header& header);
    void note_refusal(const std::string& reason);
    void give_in_to_refusal();
    void tell_security(const std::string& sentence);

    // ---- introductions.cpp: Hello, contacts, beacon ----
    Peer& introduce(const wire::Header& from, const wire::Introduction& self);
    wire::Hello hello_for(Greeting& greeting);
    std::vector<wire::Contact> contacts_for(MemberId to);
    std::vector<wire::Contact> some_of(const std::vector<MemberRecord>& members, std::size_t most);
    void on_hello(const wire::Header& from, const wire::Hello& hello);
    void on_hello_reply(const wire::Header& from, const wire::HelloReply& reply);
    void on_beacon(const wire::Header& from, const wire::Beacon& beacon);
    void say_hellos();
    void announce();
    Nanos greeting_interval(const Greeting& greeting) const;
    Nanos pace() const;
    /// How old an answer may be and still say who is there.
    Nanos fresh() const { return 4 * pace(); }
    bool reaches_leader() const;
    bool is_settled() const;
    bool is_known(MemberId id) const;
    bool is_between_leaders() const;
    wire::Standing standing() const;
    void write_standing(wire::Standing& standing) const;
    void learn_contacts(const std::vector<wire::Contact>& contacts);
    bool freshly_answered(const Peer& peer) const;

    // ---- founding.cpp (rule 2) ----
    void consider_founding();
    void propose_founding(const std::vector<MemberId>& invited);
    void decide_founding();
    std::vector<MemberRecord> founding_roster(bool by_all);
    void abandon_founding(const std::string& why);
    void on_founding_proposal(const wire::Header& from, const wire::FoundingProposal& proposal);
    void on_founding_ack(const wire::Header& from, const wire::FoundingAck& ack);
    void on_founding_done(const wire::Header& from, const wire::FoundingDone& done);
    std::vector<MemberId> visible_outsiders() const;
    bool withholding() const { return now() < withhold_until_; }
    Nanos age_limit() const;

    // ---- joining.cpp: the newcomer's side (rule 3) ----
    void consider_joining();
    void ask_to_join();
    void on_join_reply(const wire::Header& from, const wire::JoinReply& reply);
    void on_raft(const wire::Header& from, const raft::Message& message);
    void enter_from_snapshot(const wire::Header& from, const raft::InstallSnapshot& install);
    std::optional<consensus::StateMachine> read_state(const raft::Snapshot& snapshot,
                                                      IncarnationId incarnation) const;
    void ask_for_state(const wire::Header& from, const raft::Message& message);

    // ---- admission.cpp: the leader's side (rules 3 and 4) ----
    void on_join_request(const wire::Header& from, const wire::JoinRequest& request);
    void admit(MemberId id, const wire::JoinRequest& request, wire::JoinReply& reply);
    bool all_heard_since(Nanos moment) const;
    void keep_membership();  ///< evicts, gives seats
    void keep_seats();

    // ---- resizing.cpp ----
    std::optional<std::string> find_difference_in(const GroupSpec& theirs) const;
    void finish_resize();
    std::uint32_t largest_known_size() const;
    std::uint32_t largest_size_behind_own_join() const;
    void go_with_known_size();
    void consider_greater_size(const wire::HelloReply& reply);
    void consider_former_size(MemberId from, const wire::HelloReply& reply);
    Nanos last_sign(MemberId id) const;

    // ---- replica.cpp: Raft and the agreed state ----
    void enter(std::shared_ptr<const raft::Snapshot> snapshot,
               std::unique_ptr<consensus::StateMachine> machine, Nanos withhold_until);
    void pump();  ///< takes Raft's output until there is none
    void carry_out(raft::Output& output);
    void send_raft(const std::vector<raft::Outgoing>& messages);
    bool may_send_raft(MemberId to);
    void restore(const raft::Snapshot& snapshot);
    void tell_result(const consensus::PollClosed& closed);
    void ask_for_vote(const consensus::Poll& poll);
    static VoteResult lost_result(const consensus::Poll& poll);
    void ask_for_missed_votes(const std::set<PollId>& told);
    void apply(const raft::Entry& entry);
    void compact_log(raft::Index applied);
    bool leads() const { return raft_ && raft_->role() == raft::Role::leader; }

    // ---- effects.cpp: what an applied entry means to the component ----
    void take_effect(const consensus::RosterJoined& effect);
    void take_effect(const consensus::RosterLeft& effect);
    void take_effect(const consensus::RosterMoved& effect);
    void take_effect(const consensus::Ordered& effect);
    void take_effect(const consensus::Repeated& effect);
    void end_ordered(RequestId serial, raft::Index index);
    void take_effect(const consensus::PollOpened& effect);
    void take_effect(const consensus::PollRejected& effect);
    void take_effect(const consensus::VoteCounted& effect);
    void take_effect(const consensus::VoteRejected& effect);
    void take_effect(const consensus::PollClosed& effect);
    void take_effect(const consensus::ActionAgreed& effect);
    void take_effect(const consensus::ActionArmed& effect);
    void take_effect(const consensus::ActionOff& effect);
    void take_effect(const consensus::CancelRejected& effect);
    void take_effect(const consensus::Resized& effect);
    void take_effect(const consensus::ResizeRejected& effect);
    void take_effect(const consensus::Malformed& effect);
    void tell_joined();

    // ---- commands.cpp: what the component asks for ----
    void on_command(io::Command& command);
    void run(io::SendToGroup& command);
    void run(io::SendOrdered& command);
    void run(io::SendToLeader& command);
    void run(io::SendToMember& command);
    void run(io::RequestVote& command);
    void run(io::SendVote& command);
    void run(io::TransferLeadership& command);
    void run(io::LeaveGroup& command);
    void run(io::RetryOrdered& command);
    void run(io::RequestAction& command);
    void run(io::CancelAction& command);
    void run(io::ActionWoke& command);
    void run(io::Resize& command);
    std::optional<Error> no_way_to_decide() const;
    void done(RequestId request) { outbox_.post(RequestDone{request, {}, 0, {}}); }
    void failed(RequestId request, ErrorCode code, std::string message);
    void propose_or_fail(RequestId request, const consensus::Command& command);
    /// What a RequestVote and a RequestAction have in common.
    template <class Asked>
    consensus::OpenPoll question_of(const Asked& asked) {
        return {random_.id<PollId>(), self_, asked.request, asked.topic, asked.kind, asked.timeout};
    }
    void fail_all(std::vector<Requests::Ended> requests, std::string_view why);

    // ---- proposals.cpp: to the log, by whichever way ----
    std::optional<Error> propose(RequestId request, const consensus::Command& command);
    struct Asker {
        RequestId serial = 0;    ///< the number under which it is proposed; 0: nobody waits
        RequestId told_as = 0;   ///< the one by which the component knows it
        bool as_leader = false;  ///< not to be handed on
    };
    std::optional<Error> propose(const Asker& asker, Payload bytes, raft::EntryKind kind);
    bool opens_one_too_many(const consensus::Command& command) const;
    void note_proposed(const consensus::Command& command);
    std::size_t count_polls_to_open() const;
    void for_each_unapplied(const std::function<void(const consensus::Command&)>& look) const;
    void on_proposal(const wire::Header& from, const wire::Proposal& proposal);
    void on_proposal_reply(const wire::Header& from, const wire::ProposalReply& reply);

    // ---- polls.cpp (rule 8) ----
    void send_pending_votes();
    void retire_vote(PollId poll);
    struct PendingVote;
    /// To vote once more: the same changes nothing.
    void answer_repeated(const io::SendVote& command, const PendingVote& vote);
    void expire_polls();

    // ---- actions.cpp (rule 9) ----
    std::optional<Nanos> clock_error(ActionClock clock) const;
    bool is_synchronised_for(const consensus::ActionTerms& terms) const;
    std::string why_unsynchronised(const consensus::ActionTerms& terms) const;
    consensus::Stamp stamp(ActionClock clock) const;
    bool needs_stamp(const consensus::Command& command) const;
    void stamp_command(consensus::Command& command) const;
    void stamp_agreed_actions();
    void refuse_for_the_clock(const consensus::Poll& poll);
    void arm(const consensus::Action& action);
    void miss(const consensus::Action& action, const std::string& why);
    void tell_missed_action(const consensus::PollClosed& closed);
    void disarm_all(const std::string& why);
    void call_off(PollId poll);
    void restore_actions(const std::set<PollId>& known);

    // ---- messages.cpp ----
    std::int64_t message_time() const;
    void send_message(MemberId to, wire::AppMessage::Address address, RequestId request,
                      Payload data);
    void flush_messages();
    bool send_to_roster(wire::AppMessages messages);
    void on_app_messages(const wire::Header& from, const wire::AppMessages& messages);
    void deliver(MemberId from, const wire::AppMessages& messages);
    void deliver(MemberId from, const wire::AppMessages& sent, const wire::AppMessage& message);
    void admit_waiting_messages();
    bool in_roster(MemberId id) const { return find_member(id) != nullptr; }

    // ---- detection.cpp (rule 7) ----
    void on_connection_closed(io::ConnectionId connection);
    void on_probe_answered(const io::ProbeAnswered& answer);
    void on_farewell(const wire::Header& from);
    void suspect(MemberId id);
    void probe_suspects();
    void prove_dead(MemberId id, const std::string& how);
    bool is_dead(MemberId id) const;

    // ---- inspection.cpp ----
    bool may_answer();
    void on_inspect(const wire::Header& from, const wire::Inspect& question);

    // ---- observation.cpp ----
    ElectionRecorder::Surroundings recorder_surroundings();
    std::string name_of(MemberId id) const;
    void observe_arrival(MemberId from, const raft::Message& message);
    void observe_round_trip(MemberId peer_id, Nanos sent);
    void observe_sent(MemberId to, const raft::Message& message);
    void observe_raft();
    void end_election(const ElectionRecord& record);
    void publish_observations();
    void log(LogModule module, LogLevel level, const std::string& text) const;
    void log_vote(const char* what, MemberId other, const raft::VoteReply& vote) const;
    void log_trouble();

    // ---- quorum_watch.cpp (rule 6) ----
    void watch_leader();
    void tell_leader_lost();
    void watch_quorum();
    void tell_quorum();
    bool quorum_is_possible() const;
    bool hears_quorum() const;
    std::uint32_t alive_count() const;
    bool is_alive(MemberId id) const;
    void give_up(const std::string& why);
    void consider_other_incarnation(MemberId id, const Peer& peer);
    bool decides_for_long(const wire::Standing& theirs);

    // ---- leaving.cpp (rule 4) ----
    void keep_leaving();
    void finish();

    io::Clock& clock_;
    io::Transport& transport_;
    io::LogStore& store_;
    EventOutbox outbox_;
    io::Mailbox& mailbox_;
    io::Alarm& alarm_;
    base::Random random_;
    Peers peers_{options_.member.peers};
    std::size_t answering_ = 0;  ///< endpoints that have answered, as last counted
    Moment now_{};
    Moment last_turn_{};
    Nanos next_deadline_{};
    Lateness lateness_;
    Nanos housekeeping_at_{};
    Nanos announce_at_{};
    wire::Frame announcement_;  ///< the last one; its room is used again
    bool started_ = false;
    bool finished_ = false;

    /// Promises that outlive an incarnation, or were made outside of any (rule 5).
    struct Promise {
        IncarnationId to;
        Nanos until = base::long_ago;
    } promise_;
    Nanos withhold_until_ = base::long_ago;  ///< the wait after the start
    std::uint64_t highest_epoch_ = 0;

    /// A founding of our own under way, and when to try (again).
    struct Proposed {
        IncarnationId id;
        Nanos sent{};  ///< CLOCK_BOOTTIME
        std::set<MemberId> asked;
        std::set<MemberId> answered;
        std::map<MemberId, MemberRecord> accepted;
        std::map<MemberId, bool> waiting;
        std::uint64_t highest_epoch = 0;
    };
    std::optional<Proposed> proposed_;
    Nanos majority_seen_at_ = never;
    Nanos founding_delay_{};  ///< how long others wait for the one with the smallest id
    Nanos founding_retry_at_ = base::long_ago;
    IncarnationId accepted_founding_;

    /// The incarnation that this member asks to be let in.
    struct Joining {
        IncarnationId incarnation;
        std::string endpoint;  ///< whom to ask
        std::uint64_t nonce = 0;
        Nanos since{};
        Nanos ask_at{};
        bool asked_there = false;  ///< at that endpoint, not somebody who knows of it
    };
    std::optional<Joining> joining_;
    raft::SnapshotAssembly arriving_;  ///< the state that lets this member in
    IncarnationId arriving_from_;      ///< whose state that is; terms of others say nothing here

    // ---- in a default group ----
    std::vector<MemberRecord> company_;  ///< this member first, then in the order of their coming
    /// Endpoints of members that fell silent, unproven dead, and since when: the way back together
    /// after a long cut.
    std::map<std::string, Nanos> out_of_touch_;

    // ---- inside ----
    bool was_inside_ = false;   ///< of any incarnation, ever
    bool told_joined_ = false;  ///< in the roster, and the component knows
    MemberId told_leader_;
    raft::Term told_term_ = 0;
    bool quorum_ = false;
    bool told_quorum_lost_ = false;  ///< the last that was told of it
    Nanos quorum_at_{};              ///< when this member last had one
    Nanos leader_heard_at_{};        ///< when this member last had a leader
    Nanos led_since_ = never;
    std::map<MemberId, Nanos> entered_at_;  ///< roster members, when they entered
    struct Newcomer {
        Nanos first_asked{};
        Nanos last_asked{};
        Nanos propose_at{};
    };
    std::map<MemberId, Newcomer> newcomers_;     ///< leader: who asks to be let in
    std::map<MemberId, Nanos> proposed_leaves_;  ///< leader: evictions under way, by when to repeat
    std::map<MemberId, Nanos> quiet_raft_at_;    ///< lost voters: when to try them again
    std::map<MemberId, std::string> endpoints_;  ///< of members, those that left included
    std::vector<std::string_view> endpoints_in_use_;  ///< while links are tidied up
    Nanos links_tidied_at_{};
    bool membership_dirty_ = false;      ///< leader: look at evictions and seats at once
    Nanos excused_at_ = base::long_ago;  ///< end of this member's own last stall (rule 10)
    raft::Term applied_term_ = 0;
    std::size_t applied_bytes_ = 0;
    Requests requests_;
    Retries retries_;
    base::RecyclingMap<PollId, Nanos> poll_deadlines_;
    std::size_t polls_to_open_ = 0;  ///< leader: in the log, and not applied yet
    /// Those that wait for a stamp, and when to try (again).
    base::RecyclingMap<PollId, Nanos> agreed_actions_;
    base::RecyclingMap<PollId, consensus::Action> armed_;
    struct PendingVote {
        bool yes = false;
        bool counted = false;
        Nanos again_at{};
        bool unsynchronised = false;  ///< the library's no, for the sake of this member's clock
    };
    base::RecyclingMap<PollId, PendingVote> votes_;
    base::RecyclingMap<PollId, PendingVote> past_votes_;  ///< in polls that have closed
    /// For a poll that this member doesn't know, or not yet.
    struct EarlyVote {
        io::SendVote command;
        Nanos wait_until{};
    };
    std::vector<EarlyVote> early_votes_;
    void cast(const io::SendVote& command, Nanos wait_until);
    void cast_early_votes();
    void fail_early_votes(ErrorCode code, const std::string& why);
    /// Leader: votes that are not in the log yet.
    struct CollectedVotes {
        base::RecyclingVector<consensus::CastVote> votes;
        Nanos until{};
    };
    base::RecyclingMap<PollId, CollectedVotes> collected_votes_;
    void collect_vote(const consensus::CastVote& vote);
    void append_votes(PollId poll);
    void append_all_votes();
    void append_due_votes();
    void append(const consensus::CastVote& vote);
    /// What the component sent in this turn, by receiver; leaves together.
    struct MessageBatch {
        MemberId to;  ///< none: the whole group
        std::vector<RequestId, base::RecyclingAllocator<RequestId>> requests;
        wire::AppMessageList messages;
        std::size_t bytes = 0;
    };
    void flush(MessageBatch& batch);
    std::vector<MessageBatch> batches_;
    std::uint64_t message_sequence_ = 0;
    Nanos group_sent_at_ = base::long_ago;  ///< the last message to all
    struct WaitingMessages {
        wire::Header header;
        wire::AppMessages messages;
        Nanos until{};
    };
    std::deque<WaitingMessages> waiting_messages_;
    std::size_t waiting_bytes_ = 0;
    MemberId last_direct_from_;
    struct Suspicion {
        Nanos since{};
        Nanos probe_at{};
        Nanos probed_at = base::long_ago;
        Nanos pause{};
        bool asked = false;  ///< a probe is under way
    };
    std::map<MemberId, Suspicion> suspects_;
    std::set<IncarnationId> told_splits_;
    IncarnationId other_seen_;  ///< another that decides, and since when it is seen beside ours
    Nanos other_seen_at_{};

    Nanos finish_again_at_ = base::long_ago;    ///< leader: FinishResize was proposed
    std::uint32_t came_with_size_ = 0;          ///< until its own Join is applied; else 0
    std::optional<std::uint32_t> former_size_;  ///< outside, with a greater one that may not hold
    std::optional<RequestId> transfer_request_;
    MemberId transfer_target_;
    Nanos transfer_deadline_ = never;

    struct Leaving {
        RequestId request = 0;
        Nanos deadline{};
        Nanos ask_at{};
        Nanos hand_on_deadline = never;
    };
    std::optional<Leaving> leaving_;

    /// Whether the others let this member in.
    struct Access {
        Nanos refused_since = never;        ///< never: not refused, or accepted since
        Nanos refused_at = base::long_ago;  ///< last
        std::string reason;
        std::map<std::string, Nanos> told;  ///< sentences, and when
    } access_;
    // ---- what is shown beside the status ----
    ElectionRecorder elections_{recorder_surroundings()};
    Measurements measurements_;
    std::array<std::uint64_t, drop_causes> logged_drops_{};
    Nanos drops_logged_at_ = base::long_ago;
    std::string logged_beacon_problem_;
    Nanos answered_until_ =
        base::long_ago;  ///< the token bucket of answers to questions from outside
    std::map<std::string, Nanos>
        askers_;  ///< who asked, by endpoint, and until when the link stays

    // ---- what was published last ----
    bool status_dirty_ = true;
    bool published_ = false;
    GroupStatus status_;         ///< the last one
    GroupStatus former_status_;  ///< the one before; its room is used again
    raft::Output used_output_;
    raft::Role published_role_{};
    raft::Term published_term_ = 0;
    MemberId published_leader_;
    Nanos published_lease_ = base::long_ago;
    std::uint64_t published_commit_ = 0;
};

}  // namespace quorate::group
