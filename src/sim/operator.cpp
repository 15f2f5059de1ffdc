#include "sim/operator.h"

namespace quorate::sim {

using namespace std::chrono_literals;

void Operator::begin() {
    if (world_.profile().resize_to == 0) return;
    const Nanos at = random_.between(1s, 40s);
    if (grows() && random_.one_in(2)) {
        world_.scheduler().after(at, [this] { lose_one(); });
    } else {
        world_.scheduler().after(at, [this] { resize(); });
    }
}

/// What a group may be made larger for: one of its members is lost. It is started again later, or
/// just then, so that it comes in at the old size while the new one is asked for.
void Operator::lose_one() {
    const Node lost = world_.profile().spec.size - 1;
    world_.deploy(lost);
    world_.kill(lost, random_.one_in(2));
    const Nanos away = random_.between(3s, 7s);
    world_.scheduler().after(away + (random_.one_in(3) ? random_.between(2s, 6s) : Nanos(0)),
                             [this, lost] {
                                 if (!agreed_) world_.deploy(lost + 1);
                                 world_.start(lost);
                             });
    world_.scheduler().after(away, [this] { resize(); });
}

void Operator::resize() {
    const std::uint32_t size = world_.profile().resize_to;
    if (world_.story().on()) {
        world_.story().tell(world_.scheduler().now(), "*",
                            "the operator wants size " + std::to_string(size));
    }
    if (grows()) {
        world_.set_size(size);
    } else {
        retire();
    }
    world_.scheduler().after(random_.between(0ms, 100ms), [this] { look(); });
}

/// Whoever is one too many leaves or is switched off, before the others are told.
void Operator::retire() {
    const Profile& profile = world_.profile();
    world_.deploy(profile.resize_to);
    for (Node node = profile.resize_to; node < profile.deployed(); ++node) {
        if (world_.process(node) != nullptr) world_.kill(node, random_.one_in(2));
    }
}

void Operator::look_later() {
    world_.scheduler().after(random_.between(300ms, 3s), [this] { look(); });
}

void Operator::look() {
    restart_who_is_left_behind();
    if (!agreed_ && is_agreed()) {
        agreed_ = true;
        ++world_.counters().resizes;
        world_.set_size(world_.profile().resize_to);
        if (grows()) start_the_new();
    }
    // A group that was founded anew, too, by members that were started before that.
    if (has_other_size()) ask();
    look_later();
}

void Operator::start_the_new() {
    world_.deploy(world_.profile().deployed());
    for (Node node = world_.profile().spec.size; node < world_.machines(); ++node) {
        world_.start(node);
    }
}

/// As the status of a member says.
bool Operator::is_agreed() const {
    for (const Process* process : world_.processes()) {
        const GroupStatus& status = process->mailbox.status();
        if (status.incarnation && status.size == world_.profile().resize_to) return true;
    }
    return false;
}

bool Operator::has_other_size() const {
    for (const Process* process : world_.processes()) {
        const GroupStatus& status = process->mailbox.status();
        if (status.incarnation && status.size != world_.profile().resize_to) return true;
    }
    return false;
}

void Operator::ask() {
    const auto processes = world_.processes();
    if (processes.empty()) return;
    Process& process = *processes[random_.below(processes.size())];
    if (process.leaving || world_.stopped(process.node)) return;
    world_.submit(process, io::Resize{0, world_.profile().resize_to});
}

/// A group that was lost on the way leaves members with either size; they are started again.
void Operator::restart_who_is_left_behind() {
    for (Process* process : world_.processes()) {
        const GroupStatus& status = process->mailbox.status();
        const bool left_behind = !status.incarnation && status.size != 0 &&
                                 status.size != world_.size() && !world_.stopped(process->node);
        if (!left_behind) continue;
        const Node node = process->node;
        world_.kill(node);
        world_.start(node);
    }
}

}  // namespace quorate::sim
