// What the referee looks at after every turn.
#include "sim/referee.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {
/// One index in sixteen or so, the same ones everywhere: the whole state is much to encode.
bool worth_a_look(raft::Index index) {
    return (index * 0x9e3779b97f4a7c15ULL) >> 60 == 0;
}

std::uint64_t fingerprint_of(const Payload& state) {
    return digest_of(raft::Entry{.data = state, .configuration = nullptr});
}
}  // namespace

void Referee::notice_id(Process& process) {
    Watch& seen = watch(process);
    const MemberId id = process.loop->id();
    if (id == seen.id) return;
    if (seen.id) gone_[seen.id] = scheduler_.now();
    seen.former_id = seen.id;
    if (gone_.contains(id) || lives_.contains(id)) {
        broken("an id never comes back", process.label() + " calls itself " + brief(id));
    }
    lives_[id] = process.life;
    seen.id = id;
    if (story_.on()) story_.tell(scheduler_.now(), process.label(), "is member " + brief(id));
}

void Referee::notice_incarnation(Process& process) {
    Watch& seen = watch(process);
    const consensus::StateMachine* machine = process.loop->machine();
    const IncarnationId now_in = machine ? machine->founding().incarnation : IncarnationId{};
    if (now_in == seen.incarnation) return;
    if (seen.incarnation) {
        seen.polls_lost = true;
        seen.left = seen.incarnation;
        seen.left_promised_until = seen.promised_until;
        if (!process.loop->finished()) {
            const std::uint32_t size = process.loop->status().size;
            // Within the turn it has another id already that nobody has noticed.
            const MemberId id = process.loop->id() == seen.id ? seen.former_id : seen.id;
            sizes_.gave_up(process.label(), id, seen.incarnation, size);
            if (resizes()) sizes_carried_.gave_up(process.label(), process.life, size);
        }
    }
    seen.incarnation = now_in;
    seen.log.forget();
    seen.commits_seen = 0;
    seen.leads = false;
    membership_.ends(process.life);
    if (machine == nullptr) return;
    if (seen.left != now_in) look_at_promise_on_entering(process, seen);
    const consensus::Founding& founding = machine->founding();
    if (founded_.insert(now_in).second) {
        ++counters_.foundings;
        look_at_founders(process, founding);
        order_.founded(now_in, scheduler_.now());
        if (story_.on()) {
            story_.tell(scheduler_.now(), process.label(),
                        "incarnation " + brief(now_in) + " is founded by " +
                            std::to_string(founding.roster.size()) + ", epoch " +
                            std::to_string(founding.epoch));
        }
    }
    if (std::any_of(founding.roster.begin(), founding.roster.end(),
                    [&](const auto& founder) { return founder.id == process.loop->id(); })) {
        tokens_.entered(now_in, founding.epoch, seen.highest_epoch);
    }
    seen.highest_epoch = std::max(seen.highest_epoch, founding.epoch);
    commands_.given_state(process.life, now_in, process.loop->raft()->log().snapshot()->index);
}

/// A founding takes N/2+1 members, and their acknowledgements count as long as the promises with
/// them last (rule 1).
void Referee::look_at_founders(const Process& founder, const consensus::Founding& founding) {
    if (founding.roster.size() < founding.spec.founders()) {
        broken("a founding takes more than half of the deployment",
               founder.label() + " founds with " + std::to_string(founding.roster.size()) + " of " +
                   std::to_string(founding.spec.size));
    }
    for (const consensus::MemberRecord& member : founding.roster) {
        const auto life = lives_.find(member.id);
        if (life == lives_.end() || life->second == founder.life) continue;
        const Watch& seen = *watches_[life->second];
        if (seen.id != member.id || seen.clock == nullptr) continue;  // gone meanwhile
        const Nanos now = seen.clock->now().monotonic;
        if (seen.promised_until > now) continue;
        broken("a founding counts promises that last",
               founder.label() + " founds " + brief(founding.incarnation) + " with " +
                   brief(member.id) + ", whose promise ended " +
                   seconds(now - seen.promised_until) + " s ago");
    }
}

/// What it has promised in the incarnation that it was in, its replica in the next one has to know:
/// that is who votes and acknowledges (rule 5).
void Referee::look_at_promise_on_entering(const Process& process, const Watch& seen) const {
    const Nanos known = process.loop->raft()->promised_until();
    if (seen.left_promised_until <= process.clock.now().monotonic) return;
    if (known >= seen.left_promised_until) return;
    broken("promises are kept in any incarnation",
           process.label() + " had promised until " + seconds(seen.left_promised_until) +
               " of its clock in " + brief(seen.left) + ", and enters another at " +
               seconds(process.clock.now().monotonic));
}

/// Out of the roster, by its own wish or not, it is told of no joins and leaves.
void Referee::notice_absence(Process& process) {
    if (process.loop->machine()->find_member(process.loop->id()) == nullptr) {
        membership_.ends(process.life);
    }
}

void Referee::look_at_log(Process& process) {
    Watch& seen = watch(process);
    const raft::Raft& raft = *process.loop->raft();
    const raft::Log& log = raft.log();
    const IncarnationId incarnation = seen.incarnation;
    const raft::Index changed = seen.log.look(
        log,
        [&](const raft::Snapshot& base) {
            seats_.begins(process.life, incarnation, base.index, base.configuration);
            if (resizes()) sizes_carried_.applied(process.life, base.index);
        },
        [&](const raft::Entry& entry, std::optional<raft::Term> term_before) {
            const bool first =
                log_matching_.stands(incarnation, entry, digest_of(entry), term_before);
            if (entry.withheld() && profile_.role_of(process.node) != Role::witness) {
                broken("data is withheld from witnesses alone",
                       process.label() + " has none at " + std::to_string(entry.index));
            }
            // What a leader appends in the turn in which it leaves is seen late, in another's log.
            const bool own = raft.role() == raft::Role::leader && entry.term == raft.term();
            if (first && own && entry.kind == raft::EntryKind::command) {
                if (const auto command = consensus::decode(entry.data)) {
                    const Nanos truth = SimClock::true_realtime(scheduler_.now());
                    actions_.appended(entry.index, *command, truth);
                    stamps_.appended(process.life, entry.term, *command);
                }
            }
            if (entry.index > log.snapshot()->index) seats_.cut(process.life, entry.index);
            if (resizes()) sizes_carried_.stands(process.life, seen.id, entry);
            if (!entry.configuration) return;
            seats_.stands(process.life, entry.index, *entry.configuration);
            if (first && entry.configuration->joint()) ++counters_.joint;
            if (first && story_.on()) {
                story_.tell(scheduler_.now(), process.label(),
                            "appends a configuration of " +
                                std::to_string(entry.configuration->voters.size()) + " voters" +
                                (entry.configuration->joint() ? ", joint" : "") + ", " +
                                std::to_string(entry.configuration->learners.size()) + " learners");
            }
        });
    // What was rewritten is looked at again, committed or not.
    seen.commits_seen = std::min(seen.commits_seen, changed - 1);
    const raft::Index from = std::max(seen.commits_seen + 1, log.first_index());
    for (raft::Index index = from; index <= raft.commit_index(); ++index) {
        const raft::Entry& entry = log.at(index);
        committed_.committed(incarnation, entry, digest_of(entry));
    }
    seen.commits_seen = raft.commit_index();
}

void Referee::look_at_role(Process& process) {
    Watch& seen = watch(process);
    const raft::Raft& raft = *process.loop->raft();
    if (raft.handing_on()) handed_on_.insert(seen.id);
    const bool leads = raft.role() == raft::Role::leader;
    if (!leads) {
        if (seen.leads && story_.on()) {
            story_.tell(scheduler_.now(), process.label(),
                        "leads no more in term " + std::to_string(seen.led_term));
        }
        seen.leads = false;
        return;
    }
    const std::uint64_t epoch = process.loop->machine()->founding().epoch;
    if (!seen.leads || seen.led_term != raft.term()) {
        ++counters_.elections;
        if (raft.trigger() == raft::Trigger::transfer) ++counters_.transfers;
        if (story_.on()) {
            story_.tell(scheduler_.now(), process.label(),
                        "wins the election of term " + std::to_string(raft.term()) + " in " +
                            brief(seen.incarnation));
        }
        one_leader_.leads(seen.incarnation, raft.term(), process.life, seen.id);
        if (profile_.across_incarnations()) {
            order_.acts(seen.incarnation, scheduler_.now(), "elects");
        }
        if (tokens_.elected(seen.incarnation, epoch, raft.term())) ++counters_.tokens_repeated;
        committed_.elected(seen.incarnation, raft.log());
    } else {
        if (raft.commit_index() > seen.led_commit && profile_.across_incarnations()) {
            order_.acts(seen.incarnation, scheduler_.now(), "commits");
        }
        if (raft.configuration_index() > seen.led_configuration) {
            look_at_newly_seated(seen, raft);
            look_at_unseated(process);
            look_at_more_seats(process, seen.led_seats);
        }
    }
    seen.led_configuration = raft.configuration_index();
    seen.led_seats = raft.configuration().seats;
    if (!seen.leads || seen.led_term != raft.term()) seen.commits.clear();
    note_commit(seen, raft.commit_index());
    seen.leads = true;
    seen.led_term = raft.term();
    seen.led_commit = raft.commit_index();
}

void Referee::look_at_stamps(Process& process) {
    const raft::Raft& raft = *process.loop->raft();
    const bool takes_proposals = raft.role() == raft::Role::leader && !raft.handing_on();
    if (!takes_proposals || process.loop->finished()) return stamps_.rests(process.life);
    stamps_.leads(process.life, raft.term(), *process.loop->machine(), scheduler_.now());
}

void Referee::note_commit(Watch& seen, raft::Index commit) const {
    const Nanos now = seen.clock->now().monotonic;
    if (seen.commits.empty() || seen.commits.back().second < commit) {
        seen.commits.emplace_back(now, commit);
    }
    const Nanos past = now - 2 * profile_.spec.timing.election_min;
    while (seen.commits.size() > 1 && seen.commits[1].first <= past) seen.commits.pop_front();
}

void Referee::look_at_lease(Process& process) {
    Watch& seen = watch(process);
    const Nanos until = process.mailbox.lease_until();
    if (until == seen.lease_until) return;
    seen.lease_until = until;
    lease_.holds(process.life, seen.incarnation, process.clock.when_boottime(until),
                 scheduler_.now());
}

/// What Raft says may let another lead before this turn ends: the component must not read a lease
/// then that is over (rule 5).
void Referee::sends(const Process& process, const Payload& bytes) const {
    if (is_default() || !process.loop) return;
    const Nanos shown = process.mailbox.lease_until();
    if (shown <= process.clock.now().boottime) return;
    const raft::Raft* raft = process.loop->raft();
    if (raft != nullptr && raft->lease_until() >= shown) return;
    const auto decoded = wire::decode(bytes, group_);
    const auto* frame = std::get_if<wire::Frame>(&decoded);
    if (frame == nullptr) return;
    if (std::holds_alternative<wire::RaftFrame>(frame->body) ||
        std::holds_alternative<wire::Farewell>(frame->body)) {
        broken("a lease that is over is shown no longer",
               process.label() + " shows one while it says that another may lead");
    }
}

bool Referee::really_gone(MemberId id) const {
    return gone_.contains(id) || handed_on_.contains(id);
}

void Referee::look_at_promise(Process& process) {
    if (process.loop->finished()) return;  // it backs nobody any more
    Watch& seen = watch(process);
    const raft::Raft* raft = process.loop->raft();
    const bool lifted =
        seen.promised_to && (really_gone(seen.promised_to) || seen.promised_to == seen.id);
    promises_.promises(process.life, process.clock.now().monotonic, process.loop->promised_until(),
                       lifted);
    seen.promised_until = process.loop->promised_until();
    if (raft != nullptr && raft->promised_to()) seen.promised_to = raft->promised_to();
}

/// Rule 8, worked out anew: more than half said yes, or can no longer; all did, or one can't.
void Referee::look_at_poll(const consensus::StateMachine& machine, const consensus::Poll& poll) {
    using Choice = consensus::Poll::Ballot::Choice;
    std::size_t yes = 0;
    std::size_t still_may = 0;
    for (const auto& [voter, ballot] : poll.electorate) {
        yes += ballot.choice == Choice::yes ? 1 : 0;
        const bool gone = machine.find_member(voter) == nullptr;
        still_may += ballot.choice == Choice::none && !gone ? 1 : 0;
    }
    const std::size_t all = poll.electorate.size();
    const std::size_t needed = poll.kind == Voting::majority ? all / 2 + 1 : all;
    if (yes < needed && yes + still_may >= needed) return;
    if (yes >= needed && poll.action) return;  // it waits for the leader's stamp
    broken("a poll closes as soon as its outcome is certain",
           brief(poll.id) + " is open with " + std::to_string(yes) + " yes of " +
               std::to_string(all) + ", and " + std::to_string(still_may) + " to come");
}

void Referee::look_at_state(Process& process) {
    const raft::Index index = commands_.applied_by(process.life);
    membership_.applied(process.life, index);
    const consensus::StateMachine& machine = *process.loop->machine();
    if (machine.deployed() > machine.spec().size) {
        broken("at most N members are admitted",
               process.label() + " has " + std::to_string(machine.deployed()) + " of " +
                   std::to_string(machine.spec().size) + " in its roster");
    }
    if (resizes()) look_at_size(process);
    for (const auto& [id, poll] : machine.open_polls()) {
        polls_.opened(poll, scheduler_.now());
        look_at_poll(machine, poll);
    }
    for (const auto& [id, action] : machine.actions()) actions_.agreed(watch(process).id, action);
    actions_.remembers(machine, SimClock::true_realtime(scheduler_.now()));
    const bool whole = profile_.role_of(process.node) != Role::witness;
    if (whole && machine.applied() == index && worth_a_look(index)) {
        commands_.state_is(process.life, index, fingerprint_of(machine.serialize()));
    }
}

}  // namespace quorate::sim
