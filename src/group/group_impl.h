// What is behind a Group handle. The handle outlives its workers: a group that was left and joined
// again has a new GroupThread, and keeps its handlers and its numbering of requests.
//
// Two kinds of state: what any thread may use, guarded by mutex_ (or atomic, in published_); and
// what belongs to the component's thread: pending events, handlers, descriptors.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <string>

#include "group/descriptor.h"
#include "group/event_handlers.h"
#include "group/group_loop.h"
#include "group/group_thread.h"
#include "group/published.h"
#include "quorate/group.h"

namespace quorate {

class Group::Impl {
public:
    explicit Impl(std::string name) : name_(std::move(name)) { watch_.add(pending_flag_.get()); }
    /// Waits for the worker, which must have been told to leave.
    ~Impl();

    // ---- for the Coordinator; component's thread ----
    Result<> join(group::LoopOptions options, group::SharedBeacons& beacons);
    enum class Stage { outside, inside, leaving };
    Stage stage() const;
    Request leave();
    /// Runs the handlers of what waits now.
    std::size_t dispatch();
    /// Whether next_event() has something for a component that pulls.
    bool pulled_events_wait();

    // ---- requests; any thread ----
    /// SendToGroup, SendOrdered or SendToLeader.
    template <class Command>
    Request send(Command command, Completion done);
    Request send_to_member(MemberId to, Payload data, Completion done);
    Request request_vote(std::string topic, VoteOptions options, Completion done);
    Request request_action(std::string topic, Duration at, ActionOptions options, Completion done);
    Request cancel_action(PollId poll, Completion done);
    Request retry(RequestId request, Completion done);
    Request send_vote(PollId poll, bool yes, Completion done);
    Request transfer_leadership(MemberId to, Completion done);
    Request resize(std::uint32_t size, Completion done);
    Result<RequestDone> await(const Request& request, Duration timeout);

    // ---- queries; any thread ----
    bool am_leader() const;
    Duration action_time() const;
    std::shared_ptr<const GroupStatus> published() const { return published_.status(); }
    GroupStatus status() const;
    GroupMetrics metrics() const { return published_.metrics(); }
    std::vector<ElectionRecord> elections() const { return *published_.elections(); }
    GroupSpec spec() const;
    /// From the spec that it was joined with; the size may also be the one agreed on since.
    std::optional<std::string> find_difference_in(GroupSpec spec) const;
    const std::string& name() const { return name_; }

    // ---- events; component's thread ----
    group::EventHandlers& handlers() { return handlers_; }
    group::Actuator& actuator() { return actuator_; }
    void pull_events() { pulled_ = true; }
    std::optional<Event> next_event();
    int descriptor() const { return watch_.get(); }

private:
    // group_requests.cpp, with mutex_ held
    Request issue_locked(io::Command command, Completion done);
    std::optional<Error> find_problem_in_payload(const Payload& data) const;
    static std::optional<Error> find_problem_in_vote(const std::string& topic, Duration timeout);
    std::optional<Error> find_why_not() const;

    // group_events.cpp
    struct Taken {
        Event event;
        Completion completion;  ///< of a RequestDone, if the request came with one
    };
    void collect();
    std::optional<Taken> take_next();
    std::optional<Taken> take_unanswered();
    std::optional<Completion> end_request(RequestId request);
    std::optional<RequestDone> extract_outcome(RequestId request, std::size_t& looked_at);
    void close();
    void show_pending() { pending_flag_.set(!pending_.empty()); }

    const std::string name_;
    group::Published published_;
    group::Actuator actuator_;

    mutable std::mutex mutex_;
    // guarded by mutex_:
    Stage stage_ = Stage::outside;
    GroupSpec spec_;
    MemberOptions options_;
    std::unique_ptr<group::GroupThread> thread_;  ///< replaced on the component's thread alone
    RequestId last_request_ = 0;
    RequestId leave_request_ = 0;
    /// A request costs no malloc. A pool of its own: who asks and who dispatches may be two
    /// threads, and recycled blocks stay with the thread that gives them back.
    std::pmr::unsynchronized_pool_resource nodes_;
    std::pmr::map<RequestId, Completion> outstanding_{&nodes_};
    MemberId last_direct_from_;

    // the component's thread's own:
    group::EventHandlers handlers_;
    std::deque<Event> pending_;
    bool pulled_ = false;
    group::PollFlag pending_flag_;
    group::DescriptorSet watch_;
};

}  // namespace quorate
