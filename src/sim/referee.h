// The referee: watches every process of a World and lets the checkers judge what it sees.
//
// It is told each turn, frame taken, entry applied, event posted and command given, and knows the
// truth that no member knows: simulated time, who is dead, who had which id. A rule that does not
// hold ends the run (rule_broken.h).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "sim/actions_agreed.h"
#include "sim/committed_entries.h"
#include "sim/company_told.h"
#include "sim/counters.h"
#include "sim/fencing_tokens.h"
#include "sim/incarnation_order.h"
#include "sim/log_matching.h"
#include "sim/log_watch.h"
#include "sim/membership_order.h"
#include "sim/one_leader_a_term.h"
#include "sim/poll_outcomes.h"
#include "sim/process.h"
#include "sim/profile.h"
#include "sim/promises_kept.h"
#include "sim/request_outcomes.h"
#include "sim/right_receiver.h"
#include "sim/same_commands.h"
#include "sim/seats_never_freed.h"
#include "sim/sender_order.h"
#include "sim/single_lease.h"
#include "sim/size_agreed.h"
#include "sim/size_carried.h"
#include "sim/stamps_given.h"
#include "sim/story.h"
#include "sim/votes_count_once.h"

namespace quorate::sim {

class Referee {
public:
    Referee(const Profile& profile, const std::string& group, const Scheduler& scheduler,
            const Story& story, Counters& counters);

    void started(Process& process);
    void ended(Process& process);
    void took(Process& process, const wire::Header& header);
    void applied(Process& process, const raft::Entry& entry);
    void gives_up(Process& process);
    void posted(Process& process, const Event& event, bool taken);
    void given(Process& process, const io::Command& command);
    void turned(Process& process);
    void sends(const Process& process, const Payload& frame) const;
    void woke(Process& process, const io::AlarmSetting& setting, const io::ActionWoke& woke);

    /// A poll that a running member was asked about and never told the outcome of.
    std::optional<PollId> owed_poll(const Process& process) const {
        return polls_.owed(process.loop->id());
    }
    /// An action that a running member was told of, and not what became of it.
    std::optional<PollId> owed_action(const Process& process) const {
        return actions_.owed(process.loop->id(), SimClock::true_realtime(scheduler_.now()));
    }
    std::uint64_t messages_ordered(const Process& process) const {
        return watches_[process.life]->ordered_received;
    }

private:
    /// What is remembered of a process from turn to turn.
    struct Watch {
        MemberId id;
        MemberId former_id;
        IncarnationId incarnation;
        std::uint64_t highest_epoch = 0;
        LogWatch log;
        raft::Index commits_seen = 0;
        bool leads = false;
        raft::Term led_term = 0;
        raft::Index led_commit = 0;
        /// What was committed when, by its clock, from two election timeouts ago on.
        std::deque<std::pair<Nanos, raft::Index>> commits;
        raft::Index led_configuration = 0;  ///< the index of the latest, while it leads
        std::uint32_t led_seats = 0;        ///< and how many seats it has
        Nanos lease_until = base::long_ago;
        MemberId promised_to;
        const Process* process = nullptr;       ///< while it runs
        SimClock* clock = nullptr;              ///< its machine's
        Nanos promised_until = base::long_ago;  ///< of its clock, after its last turn
        IncarnationId left;  ///< the last one that it gave up, and its promise then
        Nanos left_promised_until = base::long_ago;
        bool may_miss = false;     ///< its mailbox was full, so that it isn't told everything
        bool polls_lost = false;   ///< in this turn it gave up, or was given the state
        bool quorum_lost = false;  ///< as it was told
        /// Its ordered messages on their way. The incarnation is the one it was in after the turn
        /// in which it asked: the answer may come late, when it is in another.
        struct OnItsWay {
            Payload message;
            IncarnationId incarnation;
        };
        std::map<RequestId, OnItsWay> ordered;
        std::map<RequestId, OnItsWay> unknown;  ///< … whose outcome it was not told
        std::vector<RequestId> asked;           ///< in this turn
        struct Acknowledged {
            IncarnationId incarnation;
            raft::Index index;
            Payload message;
        };
        std::vector<Acknowledged> acknowledged;  ///< in this turn
        std::uint64_t ordered_received = 0;
    };
    Watch& watch(const Process& process) { return *watches_[process.life]; }

    // ---- referee_turns.cpp ----
    void notice_id(Process& process);
    void notice_incarnation(Process& process);
    void notice_absence(Process& process);
    void look_at_founders(const Process& founder, const consensus::Founding& founding);
    void look_at_promise_on_entering(const Process& process, const Watch& seen) const;
    void look_at_log(Process& process);
    void look_at_role(Process& process);
    void look_at_stamps(Process& process);
    void note_commit(Watch& seen, raft::Index commit) const;
    void look_at_lease(Process& process);
    void look_at_promise(Process& process);
    static void look_at_poll(const consensus::StateMachine& machine, const consensus::Poll& poll);
    void look_at_state(Process& process);
    bool really_gone(MemberId id) const;
    bool resizes() const { return profile_.resize_to > 0; }

    // ---- referee_seats.cpp ----
    void look_at_newly_seated(const Watch& seen, const raft::Raft& raft) const;
    void look_at_unseated(const Process& process) const;
    void look_at_more_seats(const Process& process, std::uint32_t before) const;
    void look_at_size(const Process& process);
    const Process* find_running(MemberId id) const;

    // ---- referee_events.cpp ----
    void told(Process&, const Joined&);
    void told(Process&, const MemberJoined&);
    void told(Process&, const MemberLeft&);
    void told(Process&, const Evicted&);
    void told(Process&, const GroupReset&);
    void told(Process&, const StateRestored&);
    void told(Process&, const QuorumLost&);
    void told(Process&, const QuorumRegained&);
    void take_turns(Process& process, bool lost);
    static void look_at_alive(const Process& process, std::uint32_t size, std::uint32_t alive);
    void look_at_token(const Process& process, std::uint64_t epoch, raft::Term term,
                       MemberId sender) const;
    void told(Process&, const Split&);
    void told(Process&, const EventsLost&);
    void told(Process&, const quorate::Message&);
    void told(Process&, const MessageToLeader&);
    void told(Process&, const MessageToMember&);
    void told(Process&, const quorate::VoteRequest&);
    void told(Process&, const VoteResult&);
    void told(Process&, const ActionDue&);
    void told(Process&, const ActionMissed&);
    void told(Process&, const ActionCancelled&);
    void told(Process&, const RequestDone&);
    void told(Process&, const Refused&);
    void told(Process&, const Left&);
    template <class Other>
    void told(Process&, const Other&) {}
    bool is_default() const { return profile_.spec.kind == Kind::default_kind; }
    void tell_company(Process&, MembershipOrder::Change change, MemberId member);
    void tell_membership(Process&, MembershipOrder::Change change, MemberId member);

    const Profile& profile_;
    const std::string group_;
    const Scheduler& scheduler_;
    const Story& story_;
    Counters& counters_;
    std::vector<std::unique_ptr<Watch>> watches_;  ///< by life
    std::map<MemberId, Life> lives_;               ///< of ids in use
    std::map<MemberId, Nanos> gone_;               ///< ids of the dead, and those given up
    std::set<MemberId> handed_on_;                 ///< leaders that asked another to take over
    std::set<IncarnationId> founded_;

    OneLeaderATerm one_leader_;
    LogMatching log_matching_;
    CommittedEntries committed_;
    IncarnationOrder order_;
    SingleLease lease_;
    RightReceiver receiver_;
    SeatsNeverFreed seats_;
    SizeAgreed sizes_;
    SizeCarried sizes_carried_;
    SameCommands commands_;
    PollOutcomes polls_;
    ActionsAgreed actions_;
    StampsGiven stamps_;
    VotesCountOnce votes_;
    PromisesKept promises_;
    FencingTokens tokens_;
    MembershipOrder membership_;
    CompanyTold company_;  ///< of default groups, in its place
    RequestOutcomes requests_;
    SenderOrder senders_;
};

}  // namespace quorate::sim
