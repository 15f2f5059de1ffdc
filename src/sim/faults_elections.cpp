// Faults that wait for their moment: an election, an entry on its way, a state on its way.
#include "group/group_loop.h"
#include "raft/validate.h"
#include "sim/faults.h"

namespace quorate::sim {

using namespace std::chrono_literals;

/// It may be elected by votes that are on their way; its lease is worth what the promises with them
/// are, and those are older than its leadership.
void Faults::watch_for_candidates() {
    world_.scheduler().after(1ms, [this] {
        if (over_) return;
        for (Node node = 0; node < world_.machines(); ++node) {
            const Process* process = world_.process(node);
            const raft::Raft* raft = process ? process->loop->raft() : nullptr;
            const bool asks = raft != nullptr && raft->role() == raft::Role::candidate;
            if (asks && !asking_.contains(node) && random_.one_in(2)) mute(node);
            if (asks) asking_.insert(node);
            if (!asks) asking_.erase(node);
        }
        watch_for_candidates();
    });
}

void Faults::mute(Node node) {
    Ways ways;
    for (Node other = 0; other < world_.machines(); ++other) {
        if (other != node) ways.push_back({node, other});
    }
    cut(std::move(ways), "nothing leaves n" + std::to_string(node) + ", a candidate,");
}

/// Somebody stops while the leader's newest entry is on its way, so that what was said then waits
/// for it; of the others all, or all but one, lose their state. Those give their incarnation up,
/// and found another. Then it goes on, and has in its hands what a majority of the old one once
/// said.
void Faults::strand(int tries) {
    const std::optional<Node> leader = world_.leader();
    const raft::Raft* raft = leader ? world_.process(*leader)->loop->raft() : nullptr;
    const bool under_way = raft != nullptr && raft->log().last_index() > raft->commit_index();
    if (!under_way || !world_.runs(*leader)) {
        if (tries == 0 || over_) return;
        world_.scheduler().after(200us, [this, tries] { strand(tries - 1); });
        return;
    }
    const GroupSpec& spec = world_.profile().spec;
    const Node stranded = random_.one_in(3) ? any() : *leader;
    const Node spared = stranded == *leader ? any() : stranded;
    pause(stranded,
          *spec.refound_after + static_cast<int>(4 + random_.below(9)) * spec.timing.election_max);
    world_.scheduler().after(random_.between(spec.timing.heartbeat, spec.timing.election_min),
                             [this, stranded, spared] {
                                 if (over_) return;
                                 for (Node node = 0; node < world_.machines(); ++node) {
                                     if (node == stranded || node == spared) continue;
                                     crash(node, random_.between(10ms, 500ms));
                                 }
                             });
}

/// Whoever was to get the state is left with a part of it, and finds the next incarnation.
void Faults::interrupt_state(int tries) {
    const std::optional<Node> leader = world_.leader();
    const Process* leading = leader ? world_.process(*leader) : nullptr;
    const raft::Raft* raft = leading ? leading->loop->raft() : nullptr;
    if (raft == nullptr || !raft->sends_state()) {
        if (tries == 0 || over_) return;
        world_.scheduler().after(200us, [this, tries] { interrupt_state(tries - 1); });
        return;
    }
    world_.scheduler().after(random_.between(100us, 4 * world_.profile().weather.delay_max),
                             [this] { lose_all_states(); });
}

/// Whoever has none is cut off meanwhile, or it would be one of the founders.
void Faults::lose_all_states() {
    if (over_) return;
    const Timing& timing = world_.profile().spec.timing;
    std::vector<Node> outside;
    for (Node node = 0; node < world_.machines(); ++node) {
        const Process* process = world_.process(node);
        if (process == nullptr) continue;
        if (process->loop->raft() != nullptr) {
            crash(node, random_.between(10ms, 500ms));
        } else {
            outside.push_back(node);
        }
    }
    if (random_.one_in(4)) return;
    const Nanos back = 500ms + random_.between(timing.election_min, 4 * timing.peer_timeout);
    for (const Node node : outside) {
        for (Node other = 0; other < world_.machines(); ++other) {
            if (other == node) continue;
            for (const auto& way : {std::pair(node, other), std::pair(other, node)}) {
                world_.network().cut(way.first, way.second);
                mend_later(way, back);
            }
        }
    }
}

void Faults::mend_later(std::pair<Node, Node> way, Nanos when) {
    world_.scheduler().after(when, [this, way] {
        if (!over_) world_.network().mend(way.first, way.second);
    });
}

void Faults::hand_over(Node from, Node to) {
    Process* leading = world_.process(from);
    const Process* next = world_.process(to);
    if (over_ || leading == nullptr || next == nullptr || leading->leaving || !world_.runs(from))
        return;
    const raft::Raft* raft = next->loop->raft();
    if (raft != nullptr) world_.submit(*leading, io::TransferLeadership{0, next->loop->id()});
}

void Faults::speak(Node node) {
    Process* process = world_.process(node);
    if (over_ || process == nullptr || process->leaving || !world_.runs(node)) return;
    world_.submit(*process, workload_.ordered_message(*process));
}

/// What a follower said to its leader is on its way until that leader leads a second time; in
/// between, another one led, and took what the follower said next.
void Faults::shuttle() {
    const std::optional<Node> leader = world_.leader();
    const Node follower = any();
    const Node other = any();
    if (!leader || follower == *leader || other == *leader || other == follower) return;
    tell("n" + std::to_string(follower) + " > n" + std::to_string(*leader) +
         " is cut while leadership goes to n" + std::to_string(other) + " and back");
    const std::pair way(follower, *leader);
    world_.network().cut(way.first, way.second);
    speak(follower);
    world_.scheduler().after(random_.between(1ms, world_.profile().spec.timing.heartbeat),
                             [this, way, other] {
                                 if (over_) return;
                                 hand_over(way.second, other);
                                 shuttle_back(way, other);
                             });
}

void Faults::shuttle_back(std::pair<Node, Node> way, Node other, int tries) {
    const std::optional<Node> leader = world_.leader();
    if (over_) return;
    if (tries == 0) return mend_later(way, 0ns);
    if (leader != other) {
        world_.scheduler().after(
            1ms, [this, way, other, tries] { shuttle_back(way, other, tries - 1); });
        return;
    }
    const Nanos heartbeat = world_.profile().spec.timing.heartbeat;
    world_.scheduler().after(2 * heartbeat, [this, way] { speak(way.first); });
    world_.scheduler().after(4 * heartbeat, [this, way, other] { hand_over(other, way.second); });
    mend_later(way, 4 * heartbeat + random_.between(heartbeat, 3 * heartbeat));
}

}  // namespace quorate::sim
