#include "still_group.h"

#include <algorithm>

#include "base/recycling.h"

namespace quorate::steady {

namespace {

std::string endpoint_of(std::size_t member) {
    return "tcp://127.0.0.1:" + std::to_string(5600 + member);
}

constexpr std::size_t room = 4096;

}  // namespace

StillGroup::StillGroup(const Setting& setting) {
    base::keep_many_blocks();  // as a group's thread does
    for (std::size_t member = 0; member < members; ++member) {
        auto life = std::make_unique<Life>();
        life->transport.group = this;
        life->transport.name = endpoint_of(member);
        life->waiting.reserve(room);
        life->arrived.reserve(room);
        life->commands.reserve(room);
        group::LoopOptions options;
        options.group = "microgrid.feeder-12";
        options.name = "m" + std::to_string(member);
        options.spec.size = members;
        options.spec.max_voters = setting.max_voters;
        options.member.role = setting.roles[member];
        options.member.beacon.clear();
        // Cut every 400 entries: of more, what a cut lets go of is more than a thread keeps.
        options.member.kept_entries = 2000;
        options.compaction = group::compaction_for(options.member);
        options.member.seeds = {endpoint_of(0)};
        options.member.timed_messages = setting.timed_messages;
        options.seed = 4711 + member;
        life->loop = std::make_unique<group::GroupLoop>(std::move(options), clock_, life->transport,
                                                        life->store, life->mailbox, life->alarm);
        lives_[member] = std::move(life);
    }
}

bool StillGroup::Transport::send(const std::string& to, Payload frame) {
    const NotCounting not_ours;
    for (std::size_t member = 0; member < members; ++member) {
        if (endpoint_of(member) != to) continue;
        Life& life = *group->lives_[member];
        if (life.stopped) break;
        life.waiting.push_back(io::FrameArrived{std::move(frame), 1 + member});
        life.arrives_at = std::min(life.arrives_at, group->clock_.time + hop);
    }
    return true;
}

bool StillGroup::Mailbox::post(Event event) {
    const NotCounting not_ours;
    const auto* result = std::get_if<VoteResult>(&event);
    const auto* message = std::get_if<Message>(&event);
    if (result != nullptr && result->outcome == Outcome::yes) ++agreed;
    if (message != nullptr && message->ordered) ++agreed;
    if (const auto* asked = std::get_if<VoteRequest>(&event)) questions.push_back(asked->poll);
    return true;
}

void StillGroup::turn(Life& life) {
    if (life.arrives_at <= clock_.time) {
        life.arrived.swap(life.waiting);
        life.arrives_at = base::never;
    }
    const std::uint64_t before = allocations();
    {
        const Counting counted;
        life.loop->turn(life.arrived, life.commands);
    }
    life.allocated += allocations() - before;
    life.arrived.clear();
    life.commands.clear();
}

void StillGroup::pass(base::Nanos time) {
    const base::Nanos end = clock_.time + time;
    while (true) {
        base::Nanos next = base::never;
        for (const auto& life : lives_) next = std::min(next, life->due());
        if (next > end) break;
        clock_.time = std::max(clock_.time, next);
        for (const auto& life : lives_) {
            if (life->due() <= clock_.time) turn(*life);
        }
    }
    clock_.time = end;
}

void StillGroup::ask(std::size_t member, io::Command command) {
    lives_[member]->commands.push_back(std::move(command));
    turn(*lives_[member]);
}

std::vector<PollId> StillGroup::take_questions(std::size_t member) {
    return std::exchange(lives_[member]->mailbox.questions, {});
}

std::size_t StillGroup::leader() const {
    for (std::size_t member = 0; member < members; ++member) {
        if (lives_[member]->loop->status().state == State::leader) return member;
    }
    return members;
}

}  // namespace quorate::steady
