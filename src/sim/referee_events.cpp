// What the referee makes of the events that components are told.
#include "sim/referee.h"
#include "sim/rule_broken.h"

namespace quorate::sim {

void Referee::posted(Process& process, const Event& event, bool taken) {
    if (!process.loop || watches_.size() <= process.life) return;  // it is just being made
    notice_incarnation(process);
    if (!taken) {
        // From here on it isn't told everything, which it learns from `events_lost`.
        watch(process).may_miss = true;
        membership_.ends(process.life);
        company_.ends(process.life);
        polls_.excuse(watch(process).id);
        actions_.excuse(watch(process).id);
        return;
    }
    const bool may_follow_left =
        std::holds_alternative<Left>(event) || std::holds_alternative<RequestDone>(event);
    if (!may_follow_left) requests_.told(process.life);
    std::visit([&](const auto& each) { told(process, each); }, event);
}

void Referee::told(Process& process, const Joined& joined) {
    Watch& seen = watch(process);
    if (joined.incarnation != seen.incarnation) {
        broken("joined names the incarnation", process.label() + " is in another");
    }
    if (seen.may_miss) return;
    if (is_default()) return company_.begins(process.life);
    // Who is let in by a state has not applied, but knows, what lies before it.
    membership_.begins(process.life, process.loop->id(), seen.incarnation,
                       process.loop->machine()->applied());
}

void Referee::tell_company(Process& process, MembershipOrder::Change change, MemberId member) {
    if (change == MembershipOrder::Change::joined) {
        company_.joined(process.life, member, lives_.contains(member));
    } else {
        company_.left(process.life, member);
    }
    if (change == MembershipOrder::Change::lost) ++counters_.evictions;
    if (story_.on()) {
        static constexpr const char* words[] = {"meets ", "parts with ", "misses "};
        story_.tell(scheduler_.now(), process.label(),
                    words[static_cast<int>(change)] + brief(member));
    }
}

void Referee::tell_membership(Process& process, MembershipOrder::Change change, MemberId member) {
    if (is_default()) return tell_company(process, change, member);
    Watch& seen = watch(process);
    const raft::Index index = commands_.applied_by(process.life);
    const bool news = membership_.told(process.life, seen.incarnation, index, change, member);
    if (news && change == MembershipOrder::Change::lost) ++counters_.evictions;
    if (news && story_.on()) {
        static constexpr const char* words[] = {" joins", " leaves", " is evicted"};
        story_.tell(scheduler_.now(), process.label(),
                    "hears first that " + brief(member) + words[static_cast<int>(change)]);
    }
}

void Referee::told(Process& process, const MemberJoined& event) {
    tell_membership(process, MembershipOrder::Change::joined, event.id);
}

void Referee::told(Process& process, const MemberLeft& event) {
    tell_membership(process,
                    event.reason == Departure::lost ? MembershipOrder::Change::lost
                                                    : MembershipOrder::Change::left,
                    event.id);
}

void Referee::told(Process& process, const Evicted&) {
    membership_.ends(process.life);
    if (story_.on()) story_.tell(scheduler_.now(), process.label(), "is told that it was evicted");
}

void Referee::told(Process& process, const GroupReset& event) {
    ++counters_.resets;
    watch(process).polls_lost = true;
    membership_.ends(process.life);
    polls_.excuse(watch(process).id);
    if (story_.on()) {
        story_.tell(scheduler_.now(), process.label(),
                    "gives up " + brief(event.previous) + ", is " + brief(event.id) + " now");
    }
}

void Referee::told(Process& process, const StateRestored& event) {
    watch(process).polls_lost = true;
    commands_.given_state(process.life, watch(process).incarnation, event.index);
    if (watch(process).may_miss) return;
    membership_.begins(process.life, process.loop->id(), watch(process).incarnation, event.index);
}

void Referee::told(Process& process, const QuorumLost& event) {
    take_turns(process, true);
    look_at_alive(process, event.size, event.alive);
}

void Referee::told(Process& process, const QuorumRegained& event) {
    take_turns(process, false);
    look_at_alive(process, event.size, event.alive);
}

void Referee::look_at_alive(const Process& process, std::uint32_t size, std::uint32_t alive) {
    if (alive <= size) return;
    broken("no more than N are alive", process.label() + " is told of " + std::to_string(alive) +
                                           " alive, of " + std::to_string(size));
}

void Referee::take_turns(Process& process, bool lost) {
    Watch& seen = watch(process);
    if (seen.quorum_lost == lost && !seen.may_miss) {
        broken("a quorum is lost and regained in turn",
               process.label() + " is told twice that it is " + (lost ? "lost" : "there again"));
    }
    seen.quorum_lost = lost;
}

void Referee::told(Process& process, const Split& event) {
    ++counters_.splits;
    if (story_.on()) {
        story_.tell(scheduler_.now(), process.label(),
                    "sees a split: " + brief(event.incarnation) + " and " + brief(event.other));
    }
    if (profile_.across_incarnations()) {
        broken("split means one too many", process.label() +
                                               " was told of a split with no more "
                                               "members running than deployed");
    }
}

void Referee::told(Process& process, const EventsLost&) {
    watch(process).may_miss = true;
}

void Referee::told(Process& process, const quorate::Message& event) {
    ++counters_.messages;
    if (is_default()) company_.heard(process.life, process.loop->id(), event.from);
    if (event.ordered) ++watch(process).ordered_received;
    if (event.from_leader) look_at_token(process, event.epoch, event.term, event.from);
    // What goes through the log is applied once, whoever sends its frames again.
    if (event.ordered || !profile_.replays) senders_.received(process.life, event.data.view());
}

void Referee::told(Process& process, const MessageToLeader& event) {
    ++counters_.messages;
    if (!profile_.replays) senders_.received(process.life, event.data.view());
}

void Referee::look_at_token(const Process& process, std::uint64_t epoch, raft::Term term,
                            MemberId sender) const {
    const consensus::Founding& founding = process.loop->machine()->founding();
    if (epoch != founding.epoch) {
        broken("a fencing token is its leader's alone",
               process.label() + " hears a token of the epoch " + std::to_string(epoch) + " in " +
                   brief(founding.incarnation));
    }
    one_leader_.said(founding.incarnation, term, sender);
}

void Referee::told(Process& process, const MessageToMember& event) {
    ++counters_.messages;
    if (event.from_leader) look_at_token(process, event.epoch, event.term, event.from);
    if (!profile_.replays) senders_.received(process.life, event.data.view());
}

void Referee::told(Process& process, const quorate::VoteRequest& event) {
    polls_.asked(process.loop->id(), event);
    if (watch(process).may_miss) polls_.excuse(watch(process).id);
}

void Referee::told(Process& process, const VoteResult& event) {
    if (event.outcome != Outcome::lost) votes_.result(event);
    if (event.yes()) actions_.decided(process.loop->id(), event.poll);
    // A lost poll is told to the id that is being given up.
    const MemberId member = event.outcome == Outcome::lost ? watch(process).id : process.loop->id();
    if (polls_.told(member, event, scheduler_.now())) {
        ++counters_.polls;
        if (story_.on()) {
            story_.tell(scheduler_.now(), process.label(),
                        "hears first that poll " + brief(event.poll) + " ends with " +
                            std::string(to_string(event.outcome)));
        }
    }
}

void Referee::woke(Process& process, const io::AlarmSetting& setting, const io::ActionWoke& woke) {
    actions_.woke(process.loop->id(), setting, woke, SimClock::true_realtime(scheduler_.now()));
}

void Referee::told(Process& process, const ActionDue& event) {
    ++counters_.actions;
    actions_.told(process.loop->id(), event.poll, "done");
    if (story_.on()) {
        story_.tell(scheduler_.now(), process.label(), "acts on " + brief(event.poll));
    }
}

void Referee::told(Process& process, const ActionMissed& event) {
    ++counters_.missed;
    // Of an incarnation that is being given up, it is the old id that misses it.
    actions_.told(watch(process).id, event.poll, "missed");
    if (story_.on()) {
        story_.tell(scheduler_.now(), process.label(),
                    "misses " + brief(event.poll) + ": " + event.reason);
    }
}

void Referee::told(Process& process, const ActionCancelled& event) {
    ++counters_.cancelled;
    actions_.told(process.loop->id(), event.poll, "called off");
}

void Referee::told(Process& process, const RequestDone& event) {
    Watch& seen = watch(process);
    requests_.answered(process.life, event.request);
    const auto ordered = seen.ordered.find(event.request);
    if (ordered == seen.ordered.end()) return;
    if (event.ok()) {
        ++counters_.ordered;
        const auto& [message, asked_in] = ordered->second;
        seen.acknowledged.push_back({asked_in ? asked_in : seen.incarnation, event.index, message});
    }
    if (event.error && event.error->code == ErrorCode::unknown_outcome) {
        seen.unknown[event.request] = ordered->second;
    }
    seen.ordered.erase(ordered);
}

void Referee::told(Process& process, const Refused& event) {
    watch(process).polls_lost = true;
    if (story_.on()) story_.tell(scheduler_.now(), process.label(), "is refused: " + event.reason);
}

void Referee::told(Process& process, const Left&) {
    watch(process).polls_lost = true;
    requests_.left(process.life);
    membership_.ends(process.life);
    polls_.excuse(watch(process).id);
}

}  // namespace quorate::sim
