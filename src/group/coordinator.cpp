#include "quorate/coordinator.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>

#include "base/check.h"
#include "base/text.h"
#include "group/descriptor.h"
#include "group/group_impl.h"
#include "group/system_clock.h"
#include "quorate/safety.h"

namespace quorate {

namespace {

std::string default_component() {
    char host[HOST_NAME_MAX + 1] = {};
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    const std::string pid = "-" + std::to_string(getpid());
    return std::string(host).substr(0, 64 - pid.size()) + pid;
}

std::optional<Error> find_problem_in_component(const std::string& name) {
    if (base::is_name(name)) return std::nullopt;
    return Error{ErrorCode::bad_argument,
                 "--name (the component's name) must be 1 to 64 printable characters"};
}

std::optional<Error> find_problem_in_join(const std::string& component, const std::string& type,
                                          const std::string& instance, const GroupSpec& spec,
                                          const MemberOptions& options) {
    if (auto problem = find_problem_in_component(component)) return problem;
    for (const std::string& part : {type, instance}) {
        if (auto problem = find_problem_in_name(part)) return problem;
    }
    if (auto problem = find_problem(spec)) return problem;
    if (spec.kind == Kind::default_kind && options.role == Role::witness) {
        return Error{ErrorCode::bad_argument,
                     "--role witness: a default group has no seats: use member or observer"};
    }
    if (options.peers < 2 * std::size_t{spec.size}) {
        return Error{ErrorCode::bad_argument, "peers (" + std::to_string(options.peers) +
                                                  ") must be at least twice the size (" +
                                                  std::to_string(spec.size) +
                                                  "): members are among them, and who comes next"};
    }
    return find_problem(options);
}

std::uint64_t draw_seed() {
    std::uint64_t seed = 0;
    QUORATE_CHECK(getrandom(&seed, sizeof seed, 0) == sizeof seed,
                  "ids must be unique, and no randomness is to be had");
    return seed;
}

}  // namespace

MemberOptions CoordinatorOptions::member() const {
    return {.role = role,
            .listen = listen,
            .advertise = advertise,
            .seeds = seeds,
            .beacon = beacon,
            .beacon_interface = beacon_interface,
            .trust_refusals = trust_refusals,
            .priority = priority,
            .clock = clock,
            .clock_error = clock_error,
            .timed_messages = timed_messages,
            .clock_drift = clock_drift,
            .mailbox_commands = mailbox_commands,
            .mailbox_events = mailbox_events,
            .message_bytes = message_bytes,
            .link_messages = link_messages,
            .uncommitted_bytes = uncommitted_bytes,
            .kept_entries = kept_entries,
            .kept_bytes = kept_bytes,
            .open_polls = open_polls,
            .peers = peers,
            .security = security,
            .log = log,
            .real_time = real_time};
}

class Coordinator::Impl {
public:
    explicit Impl(CoordinatorOptions options) : options_(std::move(options)) {
        if (options_.component.empty()) options_.component = default_component();
    }
    ~Impl() {
        // All of them first, so that they leave side by side.
        for (const auto& group : groups_) (void)group->impl_->leave();
    }

    JoinResult join(const std::string& type, const std::string& instance, const GroupSpec& spec,
                    const MemberOptions& member);
    Group* find(const std::string& name) const;
    std::size_t dispatch(Duration timeout);
    const CoordinatorOptions& options() const { return options_; }
    int descriptor() const { return watch_.get(); }

private:
    Group& find_or_make(const std::string& name);
    std::size_t dispatch_all();
    bool pulled_events_wait() const;

    CoordinatorOptions options_;
    group::SharedBeacons beacons_;
    std::vector<std::unique_ptr<Group>> groups_;  ///< only grows: references stay valid
    group::DescriptorSet watch_;
    std::atomic<bool> dispatching_{false};
};

Group* Coordinator::Impl::find(const std::string& name) const {
    for (const auto& group : groups_) {
        if (group->name() == name) return group.get();
    }
    return nullptr;
}

Group& Coordinator::Impl::find_or_make(const std::string& name) {
    if (Group* group = find(name)) return *group;
    groups_.emplace_back(new Group(std::make_unique<Group::Impl>(name)));
    watch_.add(groups_.back()->descriptor());
    return *groups_.back();
}

JoinResult Coordinator::Impl::join(const std::string& type, const std::string& instance,
                                   const GroupSpec& spec, const MemberOptions& member) {
    if (auto problem = find_problem_in_join(options_.component, type, instance, spec, member)) {
        return *problem;
    }
    const std::string name = type + "." + instance;
    Group& group = find_or_make(name);
    switch (group.impl_->stage()) {
        case Group::Impl::Stage::inside: {
            const auto difference = group.impl_->find_difference_in(spec);
            if (!difference) return group;
            return Error{ErrorCode::bad_argument,
                         name + " is joined already with another spec: " + *difference};
        }
        case Group::Impl::Stage::leaving:
            return Error{ErrorCode::left,
                         name + " is being left: join it again after its Left event"};
        case Group::Impl::Stage::outside:
            break;
    }
    auto joined = group.impl_->join({.group = name,
                                     .name = options_.component,
                                     .spec = spec,
                                     .member = member,
                                     .seed = draw_seed(),
                                     .compaction = group::compaction_for(member),
                                     .probe = {}},
                                    beacons_);
    if (!joined) return joined.error();
    return group;
}

std::size_t Coordinator::Impl::dispatch(Duration timeout) {
    if (dispatching_.exchange(true)) return 0;
    struct ClearAtEnd {  // also when a handler throws
        std::atomic<bool>& flag;
        ~ClearAtEnd() { flag = false; }
    } clear_at_end{dispatching_};

    std::size_t handled = dispatch_all();
    if (handled > 0 || timeout <= Duration::zero()) return handled;
    const base::Nanos now = group::read_monotonic();
    const base::Nanos deadline = timeout >= base::never - now ? base::never : now + timeout;
    while (handled == 0 && !pulled_events_wait()) {
        pollfd ready{watch_.get(), POLLIN, 0};
        const group::Woken woken = group::wait_until({&ready, 1}, deadline);
        handled = dispatch_all();
        if (woken != group::Woken::ready) break;
    }
    return handled;
}

std::size_t Coordinator::Impl::dispatch_all() {
    std::size_t handled = 0;
    // By number: handlers may join further groups meanwhile.
    for (std::size_t i = 0; i < groups_.size(); ++i) handled += groups_[i]->impl_->dispatch();
    return handled;
}

bool Coordinator::Impl::pulled_events_wait() const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [](const auto& group) { return group->impl_->pulled_events_wait(); });
}

Coordinator::Coordinator(CoordinatorOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
Coordinator::~Coordinator() = default;

JoinResult Coordinator::join_group(const std::string& type, const std::string& instance,
                                   const GroupSpec& spec) {
    return join_group(type, instance, spec, impl_->options().member());
}

JoinResult Coordinator::join_group(const std::string& type, const std::string& instance,
                                   const GroupSpec& spec, const MemberOptions& options) {
    return impl_->join(type, instance, spec, options);
}

Group* Coordinator::get_group(const std::string& type, const std::string& instance) const {
    Group* group = impl_->find(type + "." + instance);
    return group != nullptr && group->impl_->stage() == Group::Impl::Stage::inside ? group
                                                                                   : nullptr;
}

Request Coordinator::leave_group(Group& group) {
    return group.impl_->leave();
}
std::size_t Coordinator::dispatch(Duration timeout) {
    return impl_->dispatch(timeout);
}
int Coordinator::descriptor() const {
    return impl_->descriptor();
}

CheckHandler set_check_handler(CheckHandler handler) {
    return base::set_check_handler(handler);
}

}  // namespace quorate
