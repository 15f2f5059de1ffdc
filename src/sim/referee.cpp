#include "sim/referee.h"

namespace quorate::sim {

Referee::Referee(const Profile& profile, const std::string& group, const Scheduler& scheduler,
                 const Story& story, Counters& counters)
    : profile_(profile),
      group_(group),
      scheduler_(scheduler),
      story_(story),
      counters_(counters),
      lease_(profile.across_incarnations()),
      receiver_(group),
      commands_(committed_),
      // Refused once, it tries again an election timeout later, by its own clock.
      stamps_(2 * profile.spec.timing.election_max) {}

void Referee::started(Process& process) {
    if (watches_.size() <= process.life) watches_.resize(process.life + 1);
    watches_[process.life] = std::make_unique<Watch>();
    watches_[process.life]->process = &process;
    watches_[process.life]->clock = &process.clock;
    notice_id(process);
}

void Referee::ended(Process& process) {
    const Life life = process.life;
    gone_[watch(process).id] = scheduler_.now();
    lease_.died(life);
    seats_.died(life);
    commands_.died(life);
    promises_.died(life);
    sizes_carried_.ended(life);
    membership_.ends(life);
    company_.ends(life);
    requests_.died(life);
    stamps_.rests(life);
    watch(process).process = nullptr;
    watch(process).clock = nullptr;  // a promise ends with its process: the next one waits
    polls_.excuse(watch(process).id);
}

void Referee::took(Process& process, const wire::Header& header) {
    receiver_.taken(process.loop->id(), header);
}

void Referee::applied(Process& process, const raft::Entry& entry) {
    notice_incarnation(process);
    notice_absence(process);
    const raft::Index snapshot = process.loop->raft()->log().snapshot()->index;
    const raft::Index last = commands_.applied_by(process.life);
    if (entry.index > last + 1 && snapshot + 1 == entry.index) {
        commands_.given_state(process.life, watch(process).incarnation, snapshot);
    }
    commands_.applied(process.life, entry, digest_of(entry));
    if (!resizes()) return;
    sizes_carried_.applied(process.life, entry.index);
    look_at_size(process);  // what the entry before has made of it
    sizes_.applies(*process.loop->machine(), entry);
}

void Referee::gives_up(Process& process) {
    notice_incarnation(process);
    look_at_log(process);
}

void Referee::given(Process& process, const io::Command& command) {
    const Nanos now = process.clock.now().monotonic;
    static constexpr const char* names[] = {"send to group",  "send ordered",  "send to leader",
                                            "send to member", "request vote",  "send vote",
                                            "transfer",       "leave",         "retry",
                                            "request action", "cancel action", "",
                                            "resize"};
    if (std::holds_alternative<io::ActionWoke>(command)) return;
    const char* name = names[command.index()];
    std::visit([&](const auto& each) { requests_.accepted(process.life, each.request, name, now); },
               command);
    if (const auto* ordered = std::get_if<io::SendOrdered>(&command)) {
        watch(process).ordered[ordered->request] = {ordered->data, {}};
        watch(process).asked.push_back(ordered->request);
    } else if (const auto* again = std::get_if<io::RetryOrdered>(&command)) {
        const auto unknown = watch(process).unknown.find(again->of);
        if (unknown != watch(process).unknown.end()) {
            watch(process).ordered[again->request] = unknown->second;
            senders_.asked_again(unknown->second.message.view());
        }
    } else if (const auto* vote = std::get_if<io::SendVote>(&command)) {
        votes_.cast(vote->poll, process.loop->id(), vote->yes);
    }
}

void Referee::turned(Process& process) {
    notice_id(process);
    notice_incarnation(process);
    Watch& seen = watch(process);
    if (process.loop->raft() != nullptr) {
        notice_absence(process);
        look_at_log(process);
        look_at_role(process);
        look_at_state(process);
        look_at_stamps(process);
        if (resizes()) {
            const consensus::StateMachine& machine = *process.loop->machine();
            sizes_carried_.inside(process.life, machine.find_member(seen.id) != nullptr,
                                  machine.coming_size());
        }
    } else {
        seen.leads = false;
        if (resizes()) sizes_carried_.outside(process.life, process.loop->status().size);
    }
    look_at_lease(process);
    look_at_promise(process);
    for (const RequestId request : seen.asked) {
        const auto asked = seen.ordered.find(request);
        if (asked != seen.ordered.end()) asked->second.incarnation = seen.incarnation;
    }
    seen.asked.clear();
    for (const auto& each : seen.acknowledged) {
        committed_.acknowledged(each.incarnation, each.index, each.message.view());
    }
    seen.acknowledged.clear();
    polls_.end_of_turn(std::exchange(seen.polls_lost, false));
    if (process.reading) {
        requests_.check(process.life, process.clock.now().monotonic, process.awake_since);
    }
}

}  // namespace quorate::sim
