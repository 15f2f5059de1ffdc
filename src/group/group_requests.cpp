// Group's requests and queries: what any thread may call.
#include "consensus/state_machine.h"
#include "group/group_impl.h"
#include "group/system_clock.h"

namespace quorate {

namespace {

constexpr Duration longest_vote = std::chrono::hours(24);
constexpr Duration shortest_vote = std::chrono::milliseconds(1);

Error has_left() {
    return {ErrorCode::left, "this member has left the group, or is leaving: join it again"};
}

}  // namespace

std::optional<Error> Group::Impl::find_why_not() const {
    if (stage_ != Stage::inside) return has_left();
    if (outstanding_.size() >= options_.mailbox_commands) {
        return Error{ErrorCode::would_block,
                     std::to_string(outstanding_.size()) +
                         " requests are outstanding: dispatch their outcomes, then try again"};
    }
    return std::nullopt;
}

std::optional<Error> Group::Impl::find_problem_in_payload(const Payload& data) const {
    if (data.size() <= options_.message_bytes) return std::nullopt;
    return Error{ErrorCode::too_large, "a message of " + std::to_string(data.size()) +
                                           " bytes is over the bound of " +
                                           std::to_string(options_.message_bytes)};
}

Request Group::Impl::issue_locked(io::Command command, Completion done) {
    const RequestId request = ++last_request_;
    std::visit([request](auto& value) { value.request = request; }, command);
    outstanding_.emplace(request, std::move(done));
    thread_->mailbox().push(std::move(command));
    return request;
}

template <class Command>
Request Group::Impl::send(Command command, Completion done) {
    std::lock_guard lock(mutex_);
    if (auto problem = find_problem_in_payload(command.data)) return *problem;
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(std::move(command), std::move(done));
}

template Request Group::Impl::send(io::SendToGroup, Completion);
template Request Group::Impl::send(io::SendOrdered, Completion);
template Request Group::Impl::send(io::SendToLeader, Completion);

Request Group::Impl::send_to_member(MemberId to, Payload data, Completion done) {
    std::lock_guard lock(mutex_);
    if (auto problem = find_problem_in_payload(data)) return *problem;
    if (!to) to = last_direct_from_;
    if (!to) {
        return Error{ErrorCode::unknown_member,
                     "no direct message was dispatched yet whose sender could be answered"};
    }
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::SendToMember{0, to, std::move(data)}, std::move(done));
}

std::optional<Error> Group::Impl::find_problem_in_vote(const std::string& topic, Duration timeout) {
    constexpr std::size_t longest = consensus::StateMachine::max_topic_bytes;
    if (topic.size() > longest) {
        return Error{ErrorCode::too_large,
                     "a topic is at most " + std::to_string(longest) + " bytes"};
    }
    if (timeout < shortest_vote || timeout > longest_vote) {
        return Error{ErrorCode::bad_argument, "a vote's timeout is 1 ms to 24 h"};
    }
    return std::nullopt;
}

Request Group::Impl::request_vote(std::string topic, VoteOptions options, Completion done) {
    if (auto problem = find_problem_in_vote(topic, options.timeout)) return *problem;
    std::lock_guard lock(mutex_);
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::RequestVote{0, std::move(topic), options.kind, options.timeout},
                        std::move(done));
}

Request Group::Impl::request_action(std::string topic, Duration at, ActionOptions options,
                                    Completion done) {
    if (auto problem = find_problem_in_vote(topic, options.timeout)) return *problem;
    constexpr Duration longest = std::chrono::hours(1);
    if (options.tolerance <= Duration::zero() || options.tolerance > longest ||
        options.margin < Duration::zero() || options.margin > longest) {
        return Error{ErrorCode::bad_argument,
                     "an action's tolerance is above 0 and up to 1 h, its margin 0 to 1 h"};
    }
    std::lock_guard lock(mutex_);
    if (at <= group::read_action_clock(options_.clock) + options.timeout || at >= base::never) {
        return Error{ErrorCode::bad_argument,
                     "an action's moment comes after its vote's timeout: later than that from now"};
    }
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::RequestAction{0, std::move(topic), options.kind, options.timeout, at,
                                          options.tolerance, options.margin},
                        std::move(done));
}

Request Group::Impl::cancel_action(PollId poll, Completion done) {
    std::lock_guard lock(mutex_);
    if (!poll) return Error{ErrorCode::unknown_poll, "no poll was named"};
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::CancelAction{0, poll}, std::move(done));
}

Request Group::Impl::retry(RequestId request, Completion done) {
    std::lock_guard lock(mutex_);
    if (outstanding_.contains(request)) {
        return Error{ErrorCode::bad_argument, "the outcome of this request was not told yet"};
    }
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::RetryOrdered{0, request}, std::move(done));
}

Request Group::Impl::send_vote(PollId poll, bool yes, Completion done) {
    std::lock_guard lock(mutex_);
    if (!poll) return Error{ErrorCode::unknown_poll, "no poll was named"};
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::SendVote{0, poll, yes}, std::move(done));
}

Request Group::Impl::transfer_leadership(MemberId to, Completion done) {
    std::lock_guard lock(mutex_);
    if (!to) return Error{ErrorCode::unknown_member, "no member was named"};
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::TransferLeadership{0, to}, std::move(done));
}

Request Group::Impl::resize(std::uint32_t size, Completion done) {
    if (size < 1 || size > GroupSpec::max_size) {
        return Error{ErrorCode::bad_argument, "a group's size is 1 to 1000"};
    }
    std::lock_guard lock(mutex_);
    if (auto problem = find_why_not()) return *problem;
    return issue_locked(io::Resize{0, size}, std::move(done));
}

Request Group::Impl::leave() {
    std::lock_guard lock(mutex_);
    if (stage_ != Stage::inside) return has_left();
    stage_ = Stage::leaving;
    // Over the bound if need be: who can't be heard must be able to go.
    Request request = issue_locked(io::LeaveGroup{}, {});
    leave_request_ = *request;
    return request;
}

Group::Impl::Stage Group::Impl::stage() const {
    std::lock_guard lock(mutex_);
    return stage_;
}

bool Group::Impl::am_leader() const {
    const base::Nanos until = published_.lease_until();
    // The clock after the lease: a caller that is held up between the two finds it expired.
    return group::read_boottime() < until;
}

Duration Group::Impl::action_time() const {
    std::lock_guard lock(mutex_);
    return group::read_action_clock(options_.clock);
}

/// Lease and fencing token are of one moment: a lease is shown behind the status of its term, and
/// withdrawn before the next one.
GroupStatus Group::Impl::status() const {
    std::shared_ptr<const GroupStatus> published = published_.status();
    bool lease = am_leader();
    for (auto later = published_.status(); later != published; later = published_.status()) {
        published = std::move(later);
        lease = am_leader();
    }
    GroupStatus status = *published;
    status.commit_index = std::max(status.commit_index, published_.commit_index());
    status.lease = lease && status.state == State::leader;
    status.loop_lateness = published_.lateness();
    return status;
}

std::optional<std::string> Group::Impl::find_difference_in(GroupSpec spec) const {
    const std::uint32_t agreed = published_.status()->size;
    std::lock_guard lock(mutex_);
    if (spec.size == agreed) spec.size = spec_.size;
    return find_difference(spec_, spec);
}

GroupSpec Group::Impl::spec() const {
    const std::uint32_t agreed = published_.status()->size;
    std::lock_guard lock(mutex_);
    GroupSpec spec = spec_;
    if (stage_ != Stage::outside && agreed != 0) spec.size = agreed;
    return spec;
}

}  // namespace quorate
