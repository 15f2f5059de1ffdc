#include "sim/default_settling.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

using namespace std::chrono_literals;

void DefaultSettling::run() {
    Scheduler& scheduler = world_.scheduler();
    const Nanos patience = std::max<Nanos>(30s, 30 * world_.profile().spec.timing.peer_timeout);
    const Nanos deadline = scheduler.now() + patience;
    std::optional<std::string> missing;
    while ((missing = what_is_missing())) {
        if (scheduler.now() >= deadline) {
            broken("stuck", *missing + " after " + seconds(patience) + " s without faults");
        }
        scheduler.run_until(scheduler.now() + 50ms);
    }
}

/// One that was about to leave is started again; whether there was one.
bool DefaultSettling::start_the_missing() {
    for (Node node = 0; node < world_.machines(); ++node) {
        if (world_.process(node) != nullptr) continue;
        world_.start(node);
        return true;
    }
    return false;
}

std::optional<std::string> DefaultSettling::not_settled() {
    if (start_the_missing()) return "not everybody runs";
    std::set<MemberId> all;
    for (Process* process : world_.processes()) all.insert(process->loop->id());
    for (Process* process : world_.processes()) {
        std::set<MemberId> company;
        const std::vector<MemberInfo>& members = process->mailbox.status().members;
        for (const MemberInfo& member : members) company.insert(member.id);
        if (company == all && members.size() == all.size()) continue;
        return process->label() + " finds " + std::to_string(members.size()) + " of " +
               std::to_string(all.size());
    }
    return std::nullopt;
}

std::optional<std::string> DefaultSettling::what_is_missing() {
    if (auto problem = not_settled()) {
        sent_ = false;
        return problem;
    }
    const std::vector<Process*> all = world_.processes();
    if (!sent_) {
        sent_ = true;
        got_message_.clear();
        const auto turn = static_cast<std::size_t>(world_.scheduler().now() / 1us);
        Process& speaker = *all[turn % all.size()];
        const Payload text = std::get<io::SendOrdered>(workload_.ordered_message(speaker)).data;
        expected_ = text.str();
        world_.submit(speaker, io::SendToGroup{0, text});
        speaker_ = speaker.life;
        request_ = speaker.last_request;
        return "a message is under way";
    }
    if (got_message_.size() < all.size()) return "the message did not reach everybody";
    return std::nullopt;
}

void DefaultSettling::watch(Process& process, const Event& event) {
    if (const auto* message = std::get_if<quorate::Message>(&event)) {
        if (message->data.view() == expected_) got_message_.insert(process.life);
    }
    if (const auto* done = std::get_if<RequestDone>(&event)) {
        // Longer than a message may be, for instance: the next one may fit.
        if (process.life == speaker_ && done->request == request_ && !done->ok()) sent_ = false;
    }
    // Who comes anew meanwhile, or did not read in time, needn't get what was sent before.
    if (std::holds_alternative<Joined>(event) || std::holds_alternative<MemberJoined>(event) ||
        std::holds_alternative<EventsLost>(event)) {
        sent_ = false;
    }
}

}  // namespace quorate::sim
