// The Raft core: one member's replica of one incarnation's log. Values in, values out.
//
// No thread, clock, socket, file or log line: time comes with each input, randomness from a seed.
// The owner (GroupLoop, or a test) drives it:
//
//   Raft raft(options, snapshot);                       // snapshot: the founding's, or a received
//   one raft.receive(now, from, message);                   // any number of inputs …
//   raft.propose(now, payload);
//   Output out = raft.take_output(now);                 // … then one output for all of them
//   store.persist(out.hard_state, out.truncate_from, out.entries, out.snapshot);
//   send(out.send_now);                                 // may leave before the disk is done
//   raft.persisted(now, out.last_persisting);           // when it is
//   send(out.send_after_persist);                       // only then
//   apply(out.committed);
//   wake_up_at(raft.next_deadline());
//
// Inputs accumulate: entries proposed in one turn leave in one Append a follower. take_output must
// be called after every turn, before time passes. Not thread-safe; never blocks; copies share
// payloads. What each rule is and where it stands: docs/raft.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "quorate/result.h"
#include "raft/fingerprint.h"
#include "raft/log.h"
#include "raft/messages.h"
#include "raft/pace.h"
#include "raft/snapshot_assembly.h"
#include "raft/types.h"

namespace quorate::raft {

struct Options {
    MemberId self;
    Nanos heartbeat{};     ///< between a leader's rounds
    Nanos election_min{};  ///< shortest election timeout; also the length of a promise
    Nanos election_max{};
    double clock_drift = 0.01;  ///< leases and the age limit are election_min * (1 - this)
    /// CLOCK_MONOTONIC until which this node votes for nobody and promises nothing: election_min
    /// after every start of a process that may have promised something, a durable member's too, as
    /// promises are not on disk; and promises carried from an earlier incarnation (rule 5).
    Nanos withhold_until = base::long_ago;
    std::uint64_t seed = 0;
    std::size_t max_append_entries = 1024;
    std::size_t max_append_bytes = 256 * 1024;
    std::size_t max_in_flight = 64;  ///< Appends with entries unacknowledged by one follower
    std::size_t max_in_flight_bytes = 8 << 20;     ///< … and their bytes
    std::size_t max_uncommitted_bytes = 64 << 20;  ///< over this a proposal would_block
    /// Bytes a second, an Entry's own included; who commits as many brings up who is behind at a
    /// pace (pace.h).
    std::size_t busy_rate = 16 << 20;
    std::size_t max_reads = 65536;  ///< waiting; over this a read would_block
    std::size_t snapshot_chunk_bytes = 64 * 1024;
    std::size_t max_snapshot_in_flight_bytes = 512 * 1024;  ///< unacknowledged by one follower
    std::size_t max_snapshot_bytes = std::size_t{1} << 30;  ///< a longer state is not taken
    /// Whether a state that arrived whole can be read: whoever sent it need not be the leader.
    std::function<bool(const Snapshot&)> is_readable;
    /// What contradicts all that is agreed (a second leader of a term, a leader without a committed
    /// entry) stops the program where senders are authenticated, since then something is broken
    /// here. Else anybody may have forged it, and it is ignored.
    bool senders_are_authenticated = true;
    /// The wish to lead: a leader hands on to a caught-up voter that has a greater one (section
    /// 3.10).
    std::uint8_t priority = 0;
};

/// A linearizable read that may be served: from any state that holds all entries up to `index`.
struct ReadReady {
    std::uint64_t read = 0;
    Index index = 0;
};

/// What the owner has to do, in this order. Everything is given out once.
struct Output {
    std::optional<HardState> hard_state;       ///< persist
    std::optional<Index> truncate_from;        ///< forget persisted entries from here on first
    Entries entries;                           ///< persist, append
    std::shared_ptr<const Snapshot> snapshot;  ///< replace everything with this; restore from it
    Index last_persisting = 0;                 ///< hand to persisted() when all that is on disk
    std::vector<Outgoing> send_now;
    std::vector<Outgoing> send_after_persist;
    Entries committed;  ///< apply in order, each once
    std::vector<ReadReady> reads_ready;
    std::vector<std::uint64_t> reads_lost;  ///< leadership was lost under them: ask the next leader

    /// Whether something is to be put on disk.
    bool persists() const { return hard_state || truncate_from || snapshot || !entries.empty(); }
    /// Whether there is nothing to do at all.
    bool idle() const {
        return !persists() && send_now.empty() && send_after_persist.empty() && committed.empty() &&
               reads_ready.empty() && reads_lost.empty();
    }
};

/// Why the node last campaigned or took leadership: for the election record.
enum class Trigger : std::uint8_t { none, timeout, leader_dead, transfer, founding };

/// What a read may rest on: a lease, where there is one (no message at all), or always a round of
/// heartbeats (ReadIndex), which trusts no clock.
enum class ReadBy : std::uint8_t { lease, quorum };

class Raft {
public:
    /// Starts as a follower with `base` as the state before the log and `restored` (durable
    /// members) behind it. The election timer starts at `now`.
    Raft(Options options, Moment now, std::shared_ptr<const Snapshot> base,
         HardState hard_state = {}, Entries restored = {});

    // ---- inputs ----
    /// Timers that are due at `now`.
    void tick(Moment now);
    /// A message of this incarnation for this member. `from` need not be in the configuration.
    void receive(Moment now, MemberId from, const Message& message);
    /// Appends a command (leader only). The index is where it stands if it commits. Of an
    /// `application` entry, witnesses keep term and index alone; it must not be empty.
    /// Errors: not_leader; would_block over max_uncommitted_bytes or while leadership is handed on.
    Result<Index> propose(Moment now, Payload command, EntryKind kind = EntryKind::command);
    /// Asks for a linearizable read (section 6.4; leader only); `read` is the caller's name for it.
    /// The answer is in Output::reads_ready, or reads_lost, once: of reads that come in one turn,
    /// one round of heartbeats answers all. Errors: not_leader; would_block over max_reads.
    Result<> read(Moment now, std::uint64_t read, ReadBy by = ReadBy::lease);
    /// Starts a change to these voters and learners by joint consensus (section 4.3); a change of
    /// learners alone takes one entry. The joint state is left by itself. Leader only. A voter that
    /// becomes a learner leaves the configuration first: it takes a second change to name it a
    /// learner. Errors: not_leader; would_block while a change is under way or before this leader
    /// has committed an entry of its own term; bad_argument if seats would be freed (fewer voters
    /// than now, but for those beyond fewer seats) or the lists overlap.
    /// `witnesses` are those of the voters that keep no application data. `seats`: another number
    /// of them; with the same voters, one entry. More of them can stop the group: whoever asks sees
    /// to it that enough voters are there.
    Result<Index> change_configuration(Moment now, std::vector<MemberId> voters,
                                       std::vector<MemberId> learners,
                                       std::vector<MemberId> witnesses = {},
                                       std::optional<std::uint32_t> seats = {});
    /// Hands leadership to `target`, or to the best voter if none is named: stops proposals, brings
    /// the target up to date, gives up the lease for good in this term, sends TimeoutNow. When the
    /// target has not taken over within election_max, this leader campaigns anew. Errors:
    /// not_leader; unknown_member if the target is no voter (or there is no other).
    Result<> transfer_leadership(Moment now, MemberId target = {});
    /// Campaign at once (the founder, right after a founding). Ignored unless a voter.
    void campaign(Moment now, Trigger trigger);
    /// Proof that this member's process is gone for good: its farewell, its endpoint refused a
    /// connection, or another id answers there (rule 7). Lifts stickiness and promises towards it;
    /// if it led, campaigns after its place in the order of succession.
    void declare_dead(Moment now, MemberId id);
    /// The transport suspects `id` (its connection closed): no proof, and it lifts nothing. Nothing
    /// more is pipelined to it until it answers; if it leads, this member's patience is the
    /// shortest.
    void suspect(MemberId id);
    /// The owner's loop was late by `late`: a leader or candidate that was late by election_min or
    /// more steps down; a follower gives the others one full election timeout (rule 10).
    void stalled(Moment now, Nanos late);
    /// The snapshot, entries and hard state of the output with this last_persisting are on disk.
    /// Once for each output, in their order (one that had nothing to persist may be left out while
    /// none before it is still waiting).
    void persisted(Moment now, Index last_persisting);
    /// Entries up to `index` (applied) are covered by `state`: forget all but the last `keep` of
    /// them.
    void compact(Index index, Payload state, std::size_t keep);
    /// No wait any more (a founding acknowledged by all N, rule 5).
    void stop_withholding() { options_.withhold_until = base::long_ago; }

    /// `used`: an earlier output that has been carried out; the room of its lists is used again.
    Output take_output(Moment now, Output&& used = {});

    // ---- observations ----
    Nanos next_deadline() const;  ///< CLOCK_MONOTONIC; base::never if none
    Role role() const { return role_; }
    Term term() const { return hard_state_.term; }
    MemberId leader() const { return leader_; }  ///< none if unknown
    Index commit_index() const { return commit_index_; }
    const Configuration& configuration() const;  ///< the latest in the log
    Index configuration_index() const;
    bool change_in_progress() const;  ///< joint, or the latest configuration not committed
    bool is_voter() const { return configuration().is_voter(options_.self); }
    /// CLOCK_BOOTTIME until which this member is surely the only leader; long_ago if it isn't (rule
    /// 5).
    Nanos lease_until() const;
    /// CLOCK_MONOTONIC until which this member has promised to back nobody else, in any
    /// incarnation.
    Nanos promised_until() const;
    MemberId promised_to() const { return promise_.to; }
    /// Leader: when `id` was last heard (CLOCK_MONOTONIC); long_ago if never in this term.
    Nanos heard_at(MemberId id) const;
    /// Leader: whether `id` keeps up with the log: its last round of catching up (section 4.2.1)
    /// took less than election_min, the one under way has not taken longer, and it was heard
    /// lately.
    bool caught_up(Moment now, MemberId id) const;
    /// Leader: match index of a follower.
    Index match_index(MemberId id) const;
    /// Leader: whether `id` is behind, and waits for its pace (pace.h).
    bool paced(Moment now, MemberId id) const;
    /// Leader: whether somebody is being sent the state.
    bool sends_state() const;
    /// Leader: what followers that answer lack of what is committed comes after this; max_index if
    /// nobody lacks any. Who cuts the log keeps it, as far as there is room: who loses the log is
    /// sent a state, and then all that came since.
    Index needed_after(Moment now) const;
    /// Whether a leader is heard: it is one itself, or had an Append within election_max.
    bool hears_leader(Moment now) const;
    Trigger trigger() const { return trigger_; }
    /// Leader: whether it has committed an entry of its own term.
    bool established() const;
    bool handing_on() const { return transfer_.has_value(); }
    const Log& log() const { return log_; }
    /// A digest of all that decides how this replica goes on (fingerprint.h).
    Fingerprint fingerprint(Moment now, Nanos horizon) const;

private:
    // ---- raft.cpp: terms and roles ----
    void become_follower(Moment now, Term term, MemberId leader);
    void arm_election_timer(Moment now);
    void append_own(EntryKind kind, Payload data, std::shared_ptr<const Configuration> changed);
    void truncate_log(Index from);
    void send(MemberId to, Message message) { requests_.push_back({to, std::move(message)}); }
    void reply(MemberId to, Message message) { replies_.push_back({to, std::move(message)}); }
    void give_out_log(Output& out);
    void give_out_messages(Output& out);

    // ---- election.cpp: timers, campaigns, succession ----
    void tick_election(Moment now);
    void tick_succession(Moment now);
    bool is_needed() const;
    bool may_campaign(Moment now, Term handed_on) const;
    void start_pre_vote(Moment now, Trigger trigger);
    void ask_for_pre_votes(Moment now);
    void ask_for_votes(const VoteRequest& request);
    void start_candidacy(Moment now, Trigger trigger, Term handed_on);
    void become_leader(Moment now);

    // ---- vote.cpp: who gets this member's vote, and who gave it theirs ----
    void on_vote_request(Moment now, MemberId from, const VoteRequest& request);
    void on_vote_reply(Moment now, MemberId from, const VoteReply& reply);
    VoteRefusal refusal_before_term(Moment now, MemberId from, const VoteRequest& request) const;
    VoteRefusal refusal_within_term(MemberId from, const VoteRequest& request) const;
    bool won(Moment now) const;

    // ---- promise.cpp: promises, stickiness, the age of answers, the dead ----
    bool withholding(Moment now) const { return now.monotonic < options_.withhold_until; }
    void promise_to(Moment now, MemberId to);
    bool bound_to_another(Moment now, MemberId candidate, Term handed_on) const;
    bool hears_another_leader(Moment now, MemberId candidate, Term handed_on) const;
    Nanos age_limit() const;
    bool fresh(Moment now, Nanos sent) const;
    bool is_dead(MemberId id) const { return dead_.count(id) > 0; }
    void note_life(MemberId id, Nanos sent);
    void note_new_life(MemberId id, const Message& message);

    // ---- replication_leader.cpp ----
    struct Progress;
    void tick_leader(Moment now);
    void flush_leader(Moment now);
    bool flush_follower(Moment now, MemberId id, Progress& progress);
    Index end_for_witnesses() const;
    bool flush_replicating(Moment now, MemberId id, Progress& progress);
    bool is_behind(MemberId id, const Progress& progress) const;
    bool waits_for_pace(Moment now, MemberId id, const Progress& progress) const;
    /// Longer than a turn of a loaded leader takes, and than its commits are apart.
    Nanos quiet() const {
        return std::max<Nanos>(options_.heartbeat / 10, std::chrono::milliseconds(2));
    }
    void send_append(Moment now, MemberId id, Progress& progress, Index prev, Term prev_term,
                     Entries entries, bool commit_only = false);
    void rank_successors();
    void on_append_reply(Moment now, MemberId from, const AppendReply& reply);
    void on_accepted(Moment now, Progress& progress, const AppendReply& reply);
    void note_round(Moment now, Progress& progress);
    void on_rejected(Moment now, Progress& progress, const AppendReply& reply);
    void evaluate_commit(Moment now);
    void advance_commit_as_leader(Moment now, Index index);
    Nanos quorum_heard_at(Moment now) const;

    // ---- replication_follower.cpp ----
    void on_append(Moment now, MemberId from, const Append& append);
    bool follow(Moment now, MemberId from, Term term);
    enum class Taken : std::uint8_t { all, mismatch, nonsense };
    Taken take_entries(MemberId from, const Append& append);
    bool agrees_with_committed(MemberId from, Index index, Term term) const;
    void reply_to_leader(Moment now, MemberId from, AppendReply answer);

    // ---- snapshot.cpp ----
    void begin_snapshot(Moment now, Progress& progress);
    bool flush_snapshot(Moment now, MemberId id, Progress& progress);
    void send_chunk(Moment now, MemberId id, Progress& progress);
    void on_snapshot_reply(Moment now, MemberId from, const SnapshotReply& reply);
    void on_install_snapshot(Moment now, MemberId from, const InstallSnapshot& install);
    bool install(const std::shared_ptr<const Snapshot>& snapshot);

    // ---- reads.cpp ----
    void confirm_reads(Moment now);
    void lose_reads();

    // ---- membership.cpp ----
    enum class Start : std::uint8_t { replicate, probe };
    void sync_progress(Start newcomers);
    void leave_joint_if_committed();
    void step_down_if_removed(Moment now);

    // ---- transfer.cpp ----
    void on_timeout_now(Moment now, MemberId from, const TimeoutNow& order);
    void hand_on_if_ready();
    void tick_transfer(Moment now);
    void hand_on_to_preferred(Moment now);

    // ---- fingerprint.cpp ----
    template <class Digest>
    void fingerprint_of_role(Digest& digest) const;

    /// To whom this member's backing belongs, and for how long (CLOCK_MONOTONIC; rule 5).
    struct Promise {
        MemberId to;
        Term term = 0;
        Nanos until = base::long_ago;
    };
    /// A (pre-)vote given to this member, for a request of that time (CLOCK_BOOTTIME).
    struct Grant {
        MemberId voter;
        Nanos sent{};
    };
    /// After the proven death of the leader: when to ask for pre-votes, and until when to insist.
    struct Succession {
        Nanos next{};
        Nanos until{};
    };
    struct Transfer {
        MemberId target;
        Nanos deadline{};
        bool ordered = false;  ///< TimeoutNow was sent
    };
    /// What the leader knows of a follower or learner (thesis, section 3.5; section 10.2.1).
    struct Progress {
        enum class State : std::uint8_t {
            replicate,  ///< next is optimistic, Appends are pipelined
            probe,      ///< one empty Append at a time, until one is accepted
            snapshot,   ///< the state is on its way
        } state = State::replicate;
        Index match = 0;
        Index next = 1;
        Nanos heard = base::long_ago;           ///< CLOCK_MONOTONIC
        Nanos heard_promptly = base::long_ago;  ///< … of an answer young enough to count
        Nanos promised_sent = base::long_ago;   ///< CLOCK_BOOTTIME of the newest promised request
        Nanos probe_sent = base::long_ago;  ///< CLOCK_BOOTTIME; rejections of older ones are stale
        bool probe_due = false;
        /// The state on its way, held until it is there, though the log may have moved on.
        std::shared_ptr<const Snapshot> snapshot;
        std::size_t chunks_sent = 0;  ///< bytes of it
        std::size_t chunks_acknowledged = 0;
        bool last_chunk_sent = false;
        Nanos snapshot_moved = base::long_ago;     ///< CLOCK_MONOTONIC of the last news of it
        Nanos snapshot_answered = base::long_ago;  ///< CLOCK_BOOTTIME of the newest answered chunk
        std::uint32_t snapshot_silences = 0;  ///< times that news failed to come, since the last
        Index commit_told = 0;
        std::uint32_t rank = 0;
        std::uint8_t priority = 0;
        struct InFlight {
            Index last = 0;
            std::size_t bytes = 0;
        };
        std::vector<InFlight> in_flight;  ///< unacknowledged Appends with entries
        std::size_t in_flight_bytes = 0;
        Pace::Position resume_at = 0;  ///< while it is behind
        unsigned states = 0;           ///< begun to be sent since it was last not behind
        /// Rounds of catching up (section 4.2.1): up to the log's end as it was when one began.
        Index round_end = 0;
        Nanos round_began = base::long_ago;
        bool round_was_quick = false;

        void forget_in_flight() {
            in_flight.clear();
            in_flight_bytes = 0;
        }
    };
    struct PendingRead {
        std::uint64_t read = 0;
        Nanos since{};  ///< CLOCK_BOOTTIME: requests sent from here on count
    };
    /// An output whose persisting has not been confirmed yet.
    struct Persisting {
        Index last = 0;
        Index keeps = 0;  ///< what was on disk stays valid up to here
        bool hard_state = false;
    };

    Options options_;
    base::Random random_;
    Log log_;
    HardState hard_state_;
    HardState given_hard_state_;  ///< as last given out
    Role role_ = Role::follower;
    MemberId leader_;
    Index commit_index_ = 0;
    Trigger trigger_ = Trigger::none;
    Promise promise_;
    /// When somebody was proven dead (CLOCK_BOOTTIME), and in which term of this member's.
    struct Death {
        Nanos since{};
        Term term = 0;
    };
    std::map<MemberId, Death> dead_;

    // follower and candidates
    Nanos election_deadline_ = base::never;
    Nanos leader_heard_ = base::long_ago;  ///< CLOCK_MONOTONIC of the last Append or snapshot
    MemberId last_leader_;                 ///< outlives leader_, for succession
    std::uint32_t successor_rank_ = 0;
    std::optional<Succession> succession_;
    SnapshotAssembly incoming_;  ///< a state that arrives in chunks
    std::vector<Grant> grants_;
    Nanos candidacy_end_ = base::long_ago;

    // leader
    std::map<MemberId, Progress> progress_;
    std::vector<MemberId> ranking_;  ///< scratch
    Index first_own_index_ = 0;      ///< the no-op of this term
    Moment leader_since_;
    Nanos own_sent_ = base::long_ago;    ///< CLOCK_BOOTTIME of the newest own round or Append
    Nanos last_asked_ = base::long_ago;  ///< CLOCK_BOOTTIME of the newest request to anybody
    Nanos heartbeat_deadline_ = base::never;
    Nanos quorum_deadline_ = base::never;  ///< when to look whether a quorum is still heard
    bool round_due_ = false;
    bool handed_on_ = false;  ///< TimeoutNow was sent in this term: no lease any more
    std::optional<Transfer> transfer_;
    Nanos prefer_at_ = base::never;  ///< when to look for a voter of a greater priority
    MemberId preferred_;             ///< the last one that was handed on to, until it leads
    Nanos prefer_pause_{};           ///< before that is tried again
    bool lacks_data_ = false;        ///< entries were withheld from it, and no state has come since
    std::size_t uncommitted_bytes_ = 0;
    Pace pace_{options_.busy_rate, quiet()};
    bool held_back_ = false;  ///< somebody, by the pace, when everybody was last sent something
    std::deque<PendingRead> reads_;  ///< in the order of their times
    std::vector<ReadReady> reads_ready_;
    std::vector<std::uint64_t> reads_lost_;

    // what take_output gives out
    Index unsaved_from_ = 1;              ///< first entry not given out to be persisted
    std::optional<Index> truncate_from_;  ///< of what was given out
    std::shared_ptr<const Snapshot> received_snapshot_;
    Index handed_out_ = 0;  ///< committed entries given out to be applied
    std::vector<Outgoing> requests_;
    std::vector<Outgoing> replies_;  ///< wait for the disk
    Index persisted_ = 0;
    std::deque<Persisting> persisting_;
};

}  // namespace quorate::raft
