#include "sim/workload.h"

#include <array>

#include "sim/sender_order.h"

namespace quorate::sim {

using namespace std::chrono_literals;

void Workload::begin(Process& process) {
    ask_later(process.life);
}

void Workload::ask_later(Life life) {
    const Nanos gap = random_.between(1ms, 2 * world_.profile().request_gap);
    world_.scheduler().after(gap, [this, life] {
        Process* process = world_.find(life);
        if (process == nullptr || calm_ || process->leaving) return;
        if (!world_.stopped(process->node)) ask(*process);
        ask_later(life);
    });
}

void Workload::ask(Process& process) {
    // Now and then several at once, as a busy component does.
    const std::uint64_t count = random_.one_in(10) ? 1 + random_.below(8) : 1;
    for (std::uint64_t i = 0; i < count; ++i) world_.submit(process, draw(process));
}

Payload Workload::message(char kind, const Process& process) {
    std::size_t bytes = 16 + random_.below(200);
    if (random_.one_in(50)) bytes = 1 + random_.below(20'000);
    return Payload(compose_message(kind, process.life, ++number_, bytes));
}

io::Command Workload::ordered_message(Process& process) {
    return io::SendOrdered{0, message('o', process)};
}

io::Command Workload::draw(Process& process) {
    switch (random_.below(20)) {
        case 0:
        case 1:
        case 2:
            return io::SendToGroup{0, message('g', process)};
        case 3:
        case 4:
        case 5:
            return io::SendToLeader{0, message('l', process)};
        case 6:
        case 7:
        case 8:
            return io::SendToMember{0, somebody(process), message('m', process)};
        case 9:
            return random_.one_in(3) ? cancel(process) : action(process);
        case 10:
        case 11:
        case 12: {
            const Voting kind = random_.one_in(2) ? Voting::majority : Voting::consensus;
            return io::RequestVote{0, "open breaker " + std::to_string(random_.below(9)), kind,
                                   random_.between(20ms, 2s)};
        }
        case 13:
            if (random_.one_in(4)) return io::TransferLeadership{0, somebody(process)};
            return io::SendVote{0, old_poll_, random_.one_in(2)};
        case 14:
            return io::SendOrdered{0, message('o', process), true};
        default:
            return ordered_message(process);
    }
}

io::Command Workload::action(Process& process) {
    static constexpr std::array<Nanos, 5> tolerances = {1ms, 30ms, 300ms, 5s, 200s};
    const Nanos timeout = random_.between(20ms, 1s);
    io::RequestAction asked;
    asked.topic = "close breaker " + std::to_string(random_.below(9));
    asked.kind = random_.one_in(3) ? Voting::consensus : Voting::majority;
    asked.timeout = timeout;
    asked.at = process.clock.realtime() + timeout + random_.between(1us, 2s);
    asked.tolerance = tolerances[random_.below(tolerances.size())];
    asked.margin = random_.one_in(2) ? Nanos(0) : random_.between(1us, 300ms);
    return asked;
}

io::Command Workload::cancel(const Process&) {
    return io::CancelAction{0, random_.one_in(20) ? random_.id<PollId>() : old_action_};
}

MemberId Workload::somebody(const Process& process) {
    const std::vector<MemberInfo>& members = process.mailbox.status().members;
    if (members.empty() || random_.one_in(10)) return {};
    if (random_.one_in(40)) return random_.id<MemberId>();
    return members[random_.below(members.size())].id;
}

void Workload::react(Process& process, const Event& event) {
    if (const auto* request = std::get_if<quorate::VoteRequest>(&event)) {
        if (random_.one_in(4)) old_poll_ = request->poll;
        if (request->subject == Subject::action && random_.one_in(2)) old_action_ = request->poll;
        if (calm_ || !random_.one_in(world_.profile().silent_voter_one_in)) {
            vote(process, request->poll, request->timeout);
        }
    }
    const auto* done = std::get_if<RequestDone>(&event);
    if (done != nullptr && done->error && done->error->code == ErrorCode::unknown_outcome &&
        !random_.one_in(3)) {
        ask_again(process, done->request);
        if (random_.one_in(4)) ask_again(process, done->request);
    }
}

/// Asks again for what may or may not have happened, sometimes more than once.
void Workload::ask_again(Process& process, RequestId of) {
    const Nanos thinking = random_.between(0us, 500ms);
    world_.scheduler().after(thinking, [this, life = process.life, of] {
        Process* asker = world_.find(life);
        if (asker != nullptr && !asker->leaving) world_.submit(*asker, io::RetryOrdered{0, of});
    });
}

void Workload::vote(Process& process, PollId poll, Duration timeout) {
    const bool yes = calm_ || !random_.one_in(4);
    const Nanos thinking = calm_ ? 1ms : random_.between(0us, timeout + timeout / 4);
    const std::uint64_t times = !calm_ && random_.one_in(6) ? 2 : 1;
    for (std::uint64_t i = 0; i < times; ++i) {
        const bool same = i == 0 || random_.one_in(2);
        world_.scheduler().after(thinking, [this, life = process.life, poll, yes, same] {
            Process* voter = world_.find(life);
            if (voter == nullptr || voter->leaving) return;
            world_.submit(*voter, io::SendVote{0, poll, same ? yes : !yes});
        });
    }
}

}  // namespace quorate::sim
