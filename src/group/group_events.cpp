// Group's events: what belongs to the component's thread.
#include <algorithm>

#include "base/check.h"
#include "group/group_impl.h"
#include "group/system_clock.h"

namespace quorate {

Group::Impl::~Impl() = default;

Result<> Group::Impl::join(group::LoopOptions options, group::SharedBeacons& beacons) {
    published_.set_lease(base::long_ago);
    published_.set_commit(0);
    const GroupSpec spec = options.spec;
    const MemberOptions member = options.member;
    auto started = group::GroupThread::start(std::move(options), beacons, published_, actuator_);
    if (!started) return started.error();
    std::lock_guard lock(mutex_);
    spec_ = spec;
    options_ = member;
    thread_ = std::move(*started);
    stage_ = Stage::inside;
    watch_.add(thread_->mailbox().descriptor());
    return Done{};
}

std::size_t Group::Impl::dispatch() {
    if (pulled_) return 0;
    struct ShowAtEnd {  // also when a handler throws
        Impl& impl;
        ~ShowAtEnd() { impl.show_pending(); }
    } show_at_end{*this};
    collect();
    std::size_t handled = 0;
    // What waits now, not what comes of it: a handler that answers each event with a request must
    // not keep dispatch() from returning.
    for (std::size_t left = pending_.size(); left > 0; --left) {
        std::optional<Taken> taken = take_next();
        if (!taken) break;
        ++handled;
        if (taken->completion) taken->completion(std::get<RequestDone>(taken->event));
        handlers_.run(taken->event);
    }
    return handled;
}

std::optional<Event> Group::Impl::next_event() {
    if (pending_.empty()) collect();
    std::optional<Taken> taken = take_next();
    show_pending();
    if (!taken) return std::nullopt;
    if (taken->completion) taken->completion(std::get<RequestDone>(taken->event));
    return std::move(taken->event);
}

bool Group::Impl::pulled_events_wait() {
    if (!pulled_) return false;
    collect();
    show_pending();
    return !pending_.empty();
}

void Group::Impl::collect() {
    if (thread_) thread_->mailbox().collect(pending_);
}

/// The next event, with the bookkeeping that goes with it done.
std::optional<Group::Impl::Taken> Group::Impl::take_next() {
    while (!pending_.empty()) {
        if (std::holds_alternative<Left>(pending_.front())) {
            if (auto taken = take_unanswered()) return taken;
        }
        Taken taken{std::move(pending_.front()), {}};
        pending_.pop_front();
        thread_->mailbox().taken(taken.event);
        if (const auto* done = std::get_if<RequestDone>(&taken.event)) {
            std::optional<Completion> completion = end_request(done->request);
            if (!completion) continue;  // nobody waits for it
            taken.completion = std::move(*completion);
        } else if (const auto* message = std::get_if<MessageToMember>(&taken.event)) {
            std::lock_guard lock(mutex_);
            last_direct_from_ = message->from;
        } else if (const auto* to_leader = std::get_if<MessageToLeader>(&taken.event)) {
            std::lock_guard lock(mutex_);
            last_direct_from_ = to_leader->from;
        } else if (std::holds_alternative<Left>(taken.event)) {
            close();
        }
        return taken;
    }
    return std::nullopt;
}

/// Left comes last: whatever the worker took no more, or could not answer, is answered before it.
std::optional<Group::Impl::Taken> Group::Impl::take_unanswered() {
    std::lock_guard lock(mutex_);
    stage_ =
        Stage::leaving;  // refused: nobody asked to leave, and yet no request is taken any more
    if (outstanding_.empty()) return std::nullopt;
    const auto oldest = outstanding_.begin();
    RequestDone done;
    done.request = oldest->first;
    if (done.request != leave_request_) {
        done.error =
            Error{ErrorCode::left, "this member left the group before the request was done"};
    }
    Taken taken{std::move(done), std::move(oldest->second)};
    outstanding_.erase(oldest);
    return taken;
}

std::optional<Completion> Group::Impl::end_request(RequestId request) {
    std::lock_guard lock(mutex_);
    auto node = outstanding_.extract(request);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
}

void Group::Impl::close() {
    watch_.remove(thread_->mailbox().descriptor());
    std::unique_ptr<group::GroupThread> ended;
    std::lock_guard lock(mutex_);
    ended.swap(thread_);  // it said Left as its last word: there is nothing to wait for
    stage_ = Stage::outside;
}

Result<RequestDone> Group::Impl::await(const Request& request, Duration timeout) {
    if (!request) return request.error();
    {
        std::lock_guard lock(mutex_);
        if (!outstanding_.contains(*request)) {
            return Error{ErrorCode::bad_argument, "the outcome of this request was told already"};
        }
    }
    const base::Nanos deadline =
        group::read_monotonic() + std::min<base::Nanos>(timeout, std::chrono::hours(24));
    std::size_t looked_at = 0;
    while (true) {
        collect();
        std::optional<RequestDone> done = extract_outcome(*request, looked_at);
        show_pending();
        if (done && done->error) return *done->error;
        if (done) return *done;
        if (!pending_.empty() && std::holds_alternative<Left>(pending_.back())) {
            end_request(*request);
            return Error{ErrorCode::left, "this member left the group before the request was done"};
        }
        pollfd more{thread_->mailbox().descriptor(), POLLIN, 0};
        const group::Woken woken = group::wait_until({&more, 1}, deadline);
        if (woken == group::Woken::timeout) {
            return Error{ErrorCode::unknown_outcome,
                         "no outcome within the timeout: it comes as an event later"};
        }
    }
}

/// Looks through what arrived since the last look.
std::optional<RequestDone> Group::Impl::extract_outcome(RequestId request, std::size_t& looked_at) {
    for (; looked_at < pending_.size(); ++looked_at) {
        const auto* done = std::get_if<RequestDone>(&pending_[looked_at]);
        if (done == nullptr || done->request != request) continue;
        RequestDone outcome = *done;
        pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(looked_at));
        end_request(request);
        return outcome;
    }
    return std::nullopt;
}

}  // namespace quorate
