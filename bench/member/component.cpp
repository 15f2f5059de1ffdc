#include "bench/member/component.h"

#include <algorithm>
#include <cstring>

#include "bench/stopwatch.h"

namespace quorate::bench {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// One more than what fits is never recorded: see Component::ordered().
constexpr std::uint64_t samples_per_run = 20'000;
constexpr Duration pause_between_polls = milliseconds(2);

std::string make_message(Mark mark, std::size_t bytes, std::uint64_t number = 0) {
    std::string text(std::max(bytes, 1 + sizeof number), '.');
    text[0] = static_cast<char>(mark);
    std::memcpy(text.data() + 1, &number, sizeof number);
    return text;
}

Mark mark_of(const Payload& data) {
    return data.size() == 0 ? Mark::first : static_cast<Mark>(data.view().front());
}

std::uint64_t number_of(const Payload& data) {
    std::uint64_t number = 0;
    if (data.size() > sizeof number) std::memcpy(&number, data.view().data() + 1, sizeof number);
    return number;
}

void must_be_taken(const Request& request) {
    if (!request) throw Failed("a request was refused: " + request.error().message);
}

std::string stamped(const char* word, std::uint64_t term) {
    return std::string(word) + ' ' + std::to_string(term) + ' ' + std::to_string(monotonic_ns());
}

std::string stamped_index(std::uint64_t index) {
    return "at " + std::to_string(monotonic_ns()) + ' ' + std::to_string(index);
}

}  // namespace

Component::Component(Coordinator& coordinator, Group& group)
    : coordinator_(coordinator), group_(group) {
    listen_to_messages();
    listen_to_votes();
    listen_to_actions();
    listen_to_leaders();
    group_.on_state_restored([](const StateRestored& restored) {
        WorkerLines::say("restored " + std::to_string(restored.index));
    });
    group_.on_evicted([](const Evicted&) { WorkerLines::say("evicted"); });
    group_.on_refused([](const Refused& refused) { throw Failed("refused: " + refused.reason); });
}

bool Component::turn() {
    const bool waiting_for_lease = unleased_term_.has_value();
    const auto wait =
        waiting_for_lease ? Duration(std::chrono::microseconds(50)) : milliseconds(10);
    const bool handled = coordinator_.dispatch(wait) > 0;
    watch_lease();
    return handled;
}

template <class Condition>
void Component::dispatch_until(Condition done) {
    const std::int64_t deadline = monotonic_ns() + 10'000'000'000;
    while (!done()) {
        coordinator_.dispatch(seconds(1));
        if (monotonic_ns() > deadline) throw Failed("no answer within 10 s");
    }
}

void Component::listen_to_messages() {
    group_.on_message_to_leader([this](const MessageToLeader& message) {
        group_.send_to_member(message.from, message.data);
    });
    group_.on_message([this](const Message& message) {
        if (message.ordered || mark_of(message.data) != Mark::data) return;
        const std::uint64_t number = number_of(message.data);
        if (message.from == group_.id()) {
            progress_[message.from] = number;
        } else if (number % progress_every == 0) {
            group_.send_to_member(message.from, make_message(Mark::progress, 0, number));
        }
    });
    group_.on_message_to_member([this](const MessageToMember& message) { take_direct(message); });
}

void Component::take_direct(const MessageToMember& message) {
    switch (mark_of(message.data)) {
        case Mark::echo:
            ++echoes_;
            break;
        case Mark::progress:
            progress_[message.from] = number_of(message.data);
            break;
        default:
            break;
    }
}

void Component::listen_to_votes() {
    group_.on_vote_request(
        [this](const VoteRequest& request) { group_.send_vote(request.poll, true); });
    group_.on_vote_result([this](const VoteResult& result) {
        results_.add(monotonic_ns());
        if (!result.yes()) throw Failed("a vote that all agree on was not agreed on");
    });
}

void Component::listen_to_actions() {
    // What the library read on the clock just before the actuator, if there is one.
    group_.on_action_due([this](const ActionDue& due) { acts_.add(due.lateness().count()); });
    group_.on_action_missed([this](const ActionMissed&) { ++missed_; });
}

/// The moments are `between_ns` apart, from `first_ns` on.
void Component::actions(std::uint64_t count, std::int64_t first_ns, std::int64_t between_ns) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const Duration at(first_ns + static_cast<std::int64_t>(i) * between_ns);
        must_be_taken(group_.request_action("close breaker 7", at,
                                            {.timeout = seconds(1), .tolerance = seconds(1)}));
        coordinator_.dispatch(std::chrono::microseconds(500));
    }
}

/// Once that many were done or missed here.
void Component::tell_acts(std::uint64_t count) {
    const std::int64_t deadline = monotonic_ns() + 30'000'000'000;
    while (acts_.size() + missed_ < count && monotonic_ns() < deadline) {
        coordinator_.dispatch(milliseconds(10));
    }
    WorkerLines::say("acts " + acts_.text());
}

void Component::listen_to_leaders() {
    group_.on_leader_elected([this](const LeaderElected& elected) {
        WorkerLines::say(stamped("elected", elected.term));
        if (elected.leader == group_.id()) begin_term(elected);
    });
}

void Component::begin_term(const LeaderElected& elected) {
    unleased_term_ = elected.term;
    watch_lease();
    group_.send_ordered(make_message(Mark::first, 0),
                        [term = elected.term](const RequestDone& done) {
                            if (done.ok()) WorkerLines::say(stamped("committed", term));
                        });
}

void Component::watch_lease() {
    if (!unleased_term_) return;
    if (group_.am_leader()) {
        WorkerLines::say(stamped("lease", *unleased_term_));
        unleased_term_.reset();
    } else if (group_.leader() != group_.id()) {
        unleased_term_.reset();
    }
}

void Component::tell_status() const {
    const GroupStatus status = group_.status();
    const auto count = [&](auto counts) {
        return std::to_string(std::count_if(status.members.begin(), status.members.end(), counts));
    };
    const std::string leader = status.leader ? status.leader.hex() : "none";
    WorkerLines::say("status " + std::string(to_string(status.state)) + ' ' + leader + ' ' +
                     count([](const MemberInfo& member) { return member.voter; }) + ' ' +
                     count([](const MemberInfo& member) { return member.alive; }) + ' ' +
                     (status.lease ? "1" : "0") + ' ' + std::to_string(status.commit_index));
}

void Component::echo(std::uint64_t count, std::size_t bytes) {
    Samples samples;
    for (std::uint64_t i = 0; i < count; ++i) {
        echoes_ = 0;
        const std::int64_t begin = monotonic_ns();
        must_be_taken(group_.send_to_leader(make_message(Mark::echo, bytes)));
        dispatch_until([&] { return echoes_ > 0; });
        samples.add(monotonic_ns() - begin);
    }
    WorkerLines::say("samples " + samples.text());
}

void Component::broadcast(std::uint64_t count, std::size_t bytes) {
    progress_.clear();
    for (const MemberInfo& member : group_.members()) progress_[member.id] = 0;
    const auto slowest = [&] {
        std::uint64_t least = count;
        for (const auto& [id, number] : progress_) least = std::min(least, number);
        return least;
    };
    std::uint64_t failures = 0;
    const std::int64_t begin = monotonic_ns();
    for (std::uint64_t number = 1; number <= count; ++number) {
        if (number > slowest() + broadcast_window) {
            dispatch_until([&] { return number <= slowest() + broadcast_window / 2; });
        }
        must_be_taken(group_.send(make_message(Mark::data, bytes, number),
                                  [&](const RequestDone& done) { failures += done.ok() ? 0 : 1; }));
    }
    dispatch_until([&] { return slowest() == count; });
    const std::int64_t elapsed = monotonic_ns() - begin;
    if (failures > 0) throw Failed("messages to the group were lost");
    WorkerLines::say("elapsed " + std::to_string(elapsed));
}

void Component::ordered(std::uint64_t outstanding, Duration duration, std::size_t bytes) {
    Samples samples;
    std::uint64_t in_flight = 0;
    std::uint64_t committed = 0;
    std::uint64_t stride = 1;
    bool failed = false;
    const std::int64_t begin = monotonic_ns();
    const std::int64_t end = begin + duration.count();
    const auto propose = [&] {
        const std::int64_t asked = monotonic_ns();
        ++in_flight;
        must_be_taken(group_.send_ordered(make_message(Mark::first, bytes),
                                          [&, asked](const RequestDone& done) {
                                              --in_flight;
                                              failed |= !done.ok();
                                              // So that a fast run keeps no more samples than a
                                              // slow one, from all of its time.
                                              if (++committed % stride == 0)
                                                  samples.add(monotonic_ns() - asked);
                                              if (samples.size() == samples_per_run / 2)
                                                  stride = 16;
                                          }));
    };
    while (monotonic_ns() < end && !failed) {
        while (in_flight < outstanding) propose();
        coordinator_.dispatch(seconds(1));
    }
    dispatch_until([&] { return in_flight == 0; });
    const std::int64_t elapsed = monotonic_ns() - begin;
    if (failed) return WorkerLines::say("ordered none");
    WorkerLines::say("ordered " + std::to_string(committed) + ' ' + std::to_string(elapsed) + ' ' +
                     samples.text());
}

void Component::stream(std::uint64_t outstanding, std::size_t bytes, Duration between,
                       const std::function<bool()>& ended) {
    std::uint64_t in_flight = 0;
    bool failed = false;
    std::int64_t next = monotonic_ns();
    while (!failed) {
        for (; in_flight < outstanding; ++in_flight) {
            must_be_taken(
                group_.send_ordered(make_message(Mark::first, bytes), [&](const RequestDone& done) {
                    --in_flight;
                    failed |= !done.ok();
                }));
        }
        coordinator_.dispatch(between);
        if (monotonic_ns() < next) continue;
        const std::uint64_t index = group_.status().commit_index;
        WorkerLines::say(stamped_index(index));
        if (ended()) break;
        next = monotonic_ns() + between.count();
    }
    if (failed) WorkerLines::say("at none");
    dispatch_until([&] { return in_flight == 0; });
    WorkerLines::say("streamed");
}

void Component::polls(std::uint64_t count) {
    Samples begun;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t before = results_.size();
        begun.add(monotonic_ns());
        must_be_taken(group_.request_vote("open breaker 7", {.timeout = seconds(5)}));
        dispatch_until([&] { return results_.size() > before; });
        // The others get theirs meanwhile. To be told so by messages would delay what is measured.
        const std::int64_t next = monotonic_ns() + pause_between_polls.count();
        while (monotonic_ns() < next) {
            coordinator_.dispatch(std::chrono::nanoseconds(next - monotonic_ns()));
        }
    }
    WorkerLines::say("begun " + begun.text());
}

void Component::tell_results() {
    WorkerLines::say("results " + results_.text());
    results_ = {};
}

}  // namespace quorate::bench
