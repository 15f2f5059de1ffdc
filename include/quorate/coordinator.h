// Coordinator: one per component; makes each group once, and hands the same one back.
//
//   #include <quorate/quorate.h>
//   using namespace std::chrono_literals;
//
//   quorate::Coordinator coordinator{{.component = "relay-7", .seeds = {"tcp://10.0.0.1:5601"}}};
//   quorate::Group& feeder = coordinator.join_group("feeder", "A", {.size = 5});
//   feeder.on_leader_elected([](const quorate::LeaderElected& e) { log(e.name, e.term); });
//   while (running()) coordinator.dispatch(10ms);
//
// Threads: a Coordinator and the handlers of its groups belong to one thread, the component's.
// Handlers run in dispatch() alone, on the thread that called it, never re-entrantly. What may be
// called from other threads is said in group.h. Each group has a worker thread of its own, to which
// timers and the network belong: a component that is busy for seconds costs the group nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/group.h"
#include "quorate/result.h"
#include "quorate/spec.h"

namespace quorate {

/// Who the component is, and how its groups reach their members unless join_group() says otherwise.
/// The fields below `component` are those of MemberOptions, with its defaults and units.
struct CoordinatorOptions {
    /// Shown to the other members: 1 to 64 printable characters. Empty: host name and process id.
    std::string component = {};
    Role role = MemberOptions{}.role;
    /// With a port other than 0, only one group can listen there: others need options of their own.
    std::string listen = MemberOptions{}.listen;
    std::string advertise = {};
    std::vector<std::string> seeds = {};
    std::string beacon = MemberOptions{}.beacon;
    std::string beacon_interface = {};
    bool trust_refusals = MemberOptions{}.trust_refusals;
    std::uint8_t priority = MemberOptions{}.priority;
    ActionClock clock = MemberOptions{}.clock;
    std::optional<Duration> clock_error = {};
    bool timed_messages = MemberOptions{}.timed_messages;
    double clock_drift = MemberOptions{}.clock_drift;
    std::size_t mailbox_commands = MemberOptions{}.mailbox_commands;
    std::size_t mailbox_events = MemberOptions{}.mailbox_events;
    std::size_t message_bytes = MemberOptions{}.message_bytes;
    std::size_t link_messages = MemberOptions{}.link_messages;
    std::size_t uncommitted_bytes = MemberOptions{}.uncommitted_bytes;
    std::size_t kept_entries = MemberOptions{}.kept_entries;
    std::size_t kept_bytes = MemberOptions{}.kept_bytes;
    std::size_t open_polls = MemberOptions{}.open_polls;
    std::size_t peers = MemberOptions{}.peers;
    Security security = {};
    LogOptions log = {};
    RealTime real_time = {};

    /// The same, as join_group() takes it.
    MemberOptions member() const;
};

/// The group, or why there is none. Converts to Group&; taking the group of a failed join stops the
/// program with the error's sentence, so that a component can't run on without its group unnoticed.
///
///   quorate::Group& feeder = coordinator.join_group("feeder", "A", {.size = 5});  // or stop
///
///   auto joined = coordinator.join_group("feeder", "A", {.size = 5});             // or look
///   if (!joined) return report(joined.error());
///   quorate::Group& feeder = *joined;
class [[nodiscard]] JoinResult {
public:
    JoinResult(Group& group) : group_(&group) {}
    JoinResult(Error error) : group_(std::move(error)) {}

    bool ok() const { return group_.ok(); }
    explicit operator bool() const { return ok(); }
    operator Group&() const { return **group_; }
    Group& operator*() const { return **group_; }
    Group* operator->() const { return *group_; }
    const Error& error() const { return group_.error(); }

private:
    Result<Group*> group_;
};

class Coordinator {
public:
    explicit Coordinator(CoordinatorOptions options);
    /// Leaves every group, and waits until all have left: at most about 2 s where there is no
    /// quorum to leave by. Runs no handlers. References to groups are void after it.
    ~Coordinator();
    Coordinator(const Coordinator&) = delete;
    Coordinator& operator=(const Coordinator&) = delete;

    /// Makes this component a member of TYPE.INSTANCE, or hands back the group if it is one
    /// already. Returns in milliseconds: the address is bound and the worker runs; everything else
    /// (finding the others, founding or joining) is told by events. But where `listen` names a host,
    /// the system looks that up first, which may take seconds where name servers don't answer; with
    /// digits, an interface or *, never. The reference stays valid as long as the coordinator lives.
    /// A group that was left can be joined again; its handlers stay set.
    ///
    /// Errors: bad_argument (a name, the spec or an option is unusable, or the group is joined
    /// already with another spec; the sentence says which), cannot_bind, left (it is being left:
    /// wait for on_left), not_permitted (the machine refuses what `real_time` asks for, or has no
    /// thread left to give).
    JoinResult join_group(const std::string& type, const std::string& instance,
                          const GroupSpec& spec = {});
    /// The same with options for this group alone, for instance a listening port of its own.
    JoinResult join_group(const std::string& type, const std::string& instance,
                          const GroupSpec& spec, const MemberOptions& options);

    /// The group if it was joined and has not been left, else null. Never blocks.
    Group* get_group(const std::string& type, const std::string& instance) const;

    /// Starts to leave: the others are told through the log, and `Left` comes as the group's last
    /// event, within about 2 s. Requests made after it fail with `left`, and so does leaving once
    /// more.
    Request leave_group(Group& group);

    /// Runs the handlers of all events that wait, group by group, each in its order; if none wait,
    /// waits up to `timeout` for some (0: not at all). Handlers may call anything but destroy the
    /// coordinator; events that their requests cause are left to the next call. An exception from a
    /// handler leaves dispatch(); the other events wait. Returns how many events were handled: 0
    /// after the timeout, when a signal interrupted the wait, when events of a pulled group wait,
    /// and when called from a handler.
    std::size_t dispatch(Duration timeout = Duration::zero());

    /// Readable (POLLIN) while events of any group wait for dispatch() or next_event();
    /// level-triggered. It may rarely be readable for nothing: call dispatch() then, it costs
    /// little. Poll it, don't read it.
    int descriptor() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quorate
