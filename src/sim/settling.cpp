#include "sim/settling.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

using namespace std::chrono_literals;

void Settling::run() {
    const GroupSpec& spec = world_.profile().spec;
    Scheduler& scheduler = world_.scheduler();
    Nanos patience = std::max<Nanos>(30s, 30 * spec.timing.election_max + 2 * *spec.refound_after);
    // A state in tiny chunks takes long, and may be out of date when it is there.
    if (world_.profile().compaction.chunk_bytes < 100) patience *= 3;
    const Nanos deadline = scheduler.now() + patience;
    std::optional<std::string> missing;
    while ((missing = what_is_missing())) {
        if (scheduler.now() >= deadline) {
            broken("stuck",
                   *missing + " after " + seconds(patience) + " s without faults:" + describe());
        }
        scheduler.run_until(scheduler.now() + 50ms);
    }
}

namespace {
constexpr const char* together = "all at once";
/// How far behind a member may be and still be sent entries, not the state: fewer than any log
/// keeps.
constexpr raft::Index entries_behind = 3;
}  // namespace

std::optional<std::string> Settling::what_is_missing() {
    if (auto problem = not_settled()) {
        // Leadership may still move while members come in: what was tried before proves nothing.
        acted_ = false;
        return problem;
    }
    if (!acted_) {
        if (auto behind = who_is_behind()) return behind;
        act();
        return "an ordered message and a poll are under way";
    }
    const std::size_t all = world_.processes().size();
    if (!message_done_) return "the ordered message is not acknowledged";
    if (got_message_.size() + world_.profile().witnesses < all)
        return "the ordered message did not reach everybody";
    if (!poll_) return "the poll is not opened";
    if (got_result_.size() < all) return "the poll's result did not reach everybody";
    if (acted_in_time_.size() + world_.profile().witnesses < all) return "not everybody acted";
    for (Process* process : world_.processes()) {
        if (const auto poll = world_.referee().owed_poll(*process)) {
            return process->label() + " was never told how poll " + brief(*poll) + " ended";
        }
        if (const auto action = world_.referee().owed_action(*process)) {
            return process->label() + " was never told what became of action " + brief(*action);
        }
    }
    return std::nullopt;
}

/// One that was about to leave is started again; whether there was one.
bool Settling::start_the_missing() {
    const Profile& profile = world_.profile();
    std::uint32_t deployed = 0;
    for (Node node = 0; node < profile.deployed(); ++node) deployed += world_.process(node) ? 1 : 0;
    for (Node node = 0; node < world_.machines(); ++node) {
        const bool wanted = node >= profile.deployed() || deployed < world_.size();
        if (world_.process(node) != nullptr || !wanted || !world_.is_deployed(node)) continue;
        world_.start(node);
        return true;
    }
    return false;
}

std::optional<std::string> Settling::not_settled() {
    const std::vector<Process*> all = world_.processes();
    if (start_the_missing()) return "not everybody runs";
    MemberId leader;
    IncarnationId incarnation;
    for (Process* process : all) {
        const group::GroupLoop& loop = *process->loop;
        if (loop.raft() == nullptr) return process->label() + " is outside";
        const IncarnationId in = loop.machine()->founding().incarnation;
        if (!incarnation) incarnation = in;
        if (in != incarnation) return "there are two incarnations";
        if (loop.machine()->spec().size != world_.size()) {
            return process->label() + " has size " + std::to_string(loop.machine()->spec().size);
        }
        if (!loop.raft()->leader()) return process->label() + " knows no leader";
        if (!leader) leader = loop.raft()->leader();
        if (loop.raft()->leader() != leader) return "members believe in two leaders";
        if (loop.machine()->roster().size() != all.size()) {
            std::string roster;
            for (const auto& member : loop.machine()->roster()) roster += " " + member.name;
            return process->label() + " has in its roster" + roster;
        }
        if (loop.machine()->find_member(loop.id()) == nullptr) {
            return process->label() + " is not in the roster";
        }
        if (process->mailbox.status().state == State::outside ||
            !process->mailbox.status().quorum) {
            return process->label() + " has no quorum by its status";
        }
    }
    const raft::Configuration& seats = all.front()->loop->raft()->configuration();
    std::size_t living = 0;
    bool leads = false;
    for (Process* process : all) {
        living += seats.is_voter(process->loop->id()) ? 1 : 0;
        leads |= process->loop->id() == leader &&
                 process->mailbox.lease_until() > process->clock.now().boottime;
    }
    if (!leads) return "nobody holds the lease";
    GroupSpec spec = world_.profile().spec;
    spec.size = world_.size();
    if (living < spec.seats() || seats.joint() || seats.seats != spec.seats())
        return "seats are held by the dead";
    return std::nullopt;
}

std::optional<std::string> Settling::who_is_behind() {
    // Who is behind may be given the state, and with it not the message that act() sends.
    raft::Index committed = 0;
    const std::vector<Process*> all = world_.processes();
    for (Process* process : all) {
        committed = std::max(committed, process->loop->raft()->commit_index());
    }
    for (Process* process : all) {
        if (process->loop->raft()->commit_index() + entries_behind < committed) {
            return process->label() + " is behind";
        }
    }
    return std::nullopt;
}

/// The clocks are set, as by NTP: they run at rates of their own, and were stepped by faults.
void Settling::set_clocks() {
    for (Node node = 0; node < world_.machines(); ++node) {
        SimClock& clock = world_.clock(node);
        clock.step_realtime(SimClock::true_realtime(world_.scheduler().now()) - clock.realtime());
    }
}

void Settling::act() {
    const std::vector<Process*> all = world_.processes();
    std::vector<Process*> speakers;
    for (Process* each : all) {
        if (world_.profile().role_of(each->node) != Role::witness) speakers.push_back(each);
    }
    Process& process = *speakers[world_.scheduler().now().count() / 1000 % speakers.size()];
    acted_ = true;
    set_clocks();
    message_done_ = false;
    poll_ = action_poll_ = {};
    got_message_.clear();
    got_result_.clear();
    actor_ = process.life;
    io::Command message = workload_.ordered_message(process);
    expected_ = std::get<io::SendOrdered>(message).data.str();
    world_.submit(process, std::move(message));
    message_ = process.last_request;
    world_.submit(process, io::RequestVote{0, "is all well", Voting::consensus, 5s});
    vote_ = process.last_request;
    acted_in_time_.clear();
    world_.submit(process, io::RequestAction{.topic = together,
                                             .timeout = 1s,
                                             .at = process.clock.realtime() + 1500ms,
                                             .tolerance = 10s});
    action_ = process.last_request;
}

namespace {
/// Whether what was ordered and asked before may rightly not reach the member that is told this: it
/// comes anew, or did not read in time.
bool may_have_missed_it(const Event& event) {
    return std::holds_alternative<Evicted>(event) || std::holds_alternative<Joined>(event) ||
           std::holds_alternative<StateRestored>(event) ||
           std::holds_alternative<GroupReset>(event) || std::holds_alternative<EventsLost>(event);
}
}  // namespace

void Settling::watch(Process& process, const Event& event) {
    if (!acted_) return;
    // Some of what is under way when the faults end comes between two looks, 50 ms apart.
    if (may_have_missed_it(event)) acted_ = false;
    if (const auto* done = std::get_if<RequestDone>(&event)) {
        if (process.life != actor_) return;
        if (done->request == message_ && done->ok()) message_done_ = true;
        if (done->request == vote_ && done->ok()) poll_ = done->poll;
        if (done->request == action_ && done->ok()) action_poll_ = done->poll;
        const bool ours =
            done->request == message_ || done->request == vote_ || done->request == action_;
        if (ours && !done->ok()) acted_ = false;
    } else if (const auto* message = std::get_if<quorate::Message>(&event)) {
        if (message->ordered && message->data.view() == expected_) {
            got_message_.push_back(process.life);
        }
    } else if (const auto* due = std::get_if<ActionDue>(&event)) {
        if (due->topic == together) acted_in_time_.push_back(process.life);
    } else if (const auto* missed = std::get_if<ActionMissed>(&event)) {
        if (missed->topic == together) acted_ = false;
    } else if (const auto* result = std::get_if<VoteResult>(&event)) {
        if (poll_ && result->poll == poll_ && result->yes()) got_result_.push_back(process.life);
        if (action_poll_ && result->poll == action_poll_ && !result->yes()) acted_ = false;
    }
}

std::string Settling::describe() {
    std::string text;
    for (Process* process : world_.processes()) {
        const group::GroupLoop& loop = *process->loop;
        text += " [" + process->label() + " " + brief(loop.id());
        if (loop.raft() == nullptr) {
            text += " outside]";
            continue;
        }
        const raft::Configuration& seats = loop.raft()->configuration();
        text += " in " + brief(loop.machine()->founding().incarnation) + " term " +
                std::to_string(loop.raft()->term()) + " leader " + brief(loop.raft()->leader()) +
                " applied " + std::to_string(loop.machine()->applied()) + " commit " +
                std::to_string(loop.raft()->commit_index()) + " roster " +
                std::to_string(loop.machine()->roster().size()) + " voters " +
                std::to_string(seats.voters.size()) + (seats.joint() ? " joint" : "") + "]";
    }
    return text;
}

}  // namespace quorate::sim
