// join-leave: how fast members come and go. One component joins a group of three other processes
// and leaves it again, over and over; each time it is a new member, with a seat of its own to take.
#include "bench/bare/start.h"
#include "bench/bare/visit.h"
#include "bench/measurements.h"
#include "bench/quiet_group.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"
#include "quorate/quorate.h"

namespace quorate::bench {

namespace {

constexpr int rounds = 200;
constexpr std::size_t hosts = 3;
constexpr std::uint32_t size = 4;
constexpr auto bound = std::chrono::seconds(30);

struct Visits {
    Samples joined;
    Samples left;
    std::int64_t elapsed_ns = 0;
};

/// The component that comes and goes.
class Visitor {
public:
    Visitor(const std::vector<Port>& ports, const Timing& timing)
        : spec_{.size = size, .timing = timing}, coordinator_(options(ports)) {}

    void visit(Visits& visits) {
        const std::int64_t begin = monotonic_ns();
        in_ = out_ = false;
        Group& group = coordinator_.join_group("bench", "quiet", spec_);
        group.on_joined([this](const Joined&) { in_ = true; });
        group.on_left([this](const Left&) { out_ = true; });
        await(in_);
        const std::int64_t joined = monotonic_ns();
        const Request asked = coordinator_.leave_group(group);
        if (!asked) throw Failed(asked.error().message);
        await(out_);
        const std::int64_t left = monotonic_ns();
        visits.joined.add(joined - begin);
        visits.left.add(left - joined);
        visits.elapsed_ns += left - begin;
    }

private:
    static CoordinatorOptions options(const std::vector<Port>& ports) {
        CoordinatorOptions options{.component = "visitor", .beacon = ""};
        for (const Port port : ports) options.seeds.push_back(loopback_endpoint(port));
        return options;
    }
    void await(const bool& told) {
        const std::int64_t deadline = monotonic_ns() + Duration(bound).count();
        while (!told) {
            if (monotonic_ns() > deadline) throw Failed("the visitor is stuck");
            coordinator_.dispatch(std::chrono::milliseconds(100));
        }
    }

    GroupSpec spec_;
    Coordinator coordinator_;
    bool in_ = false;
    bool out_ = false;
};

void visit_bare(const std::vector<Port>& greeters, Visits& visits) {
    const Port own = find_free_ports(1).front();
    const std::int64_t begin = monotonic_ns();
    std::int64_t joined = 0;
    {
        bare::Visit visit(greeters, own);
        joined = monotonic_ns();
        visit.say_goodbye();
    }
    const std::int64_t left = monotonic_ns();
    visits.joined.add(joined - begin);
    visits.left.add(left - joined);
    visits.elapsed_ns += left - begin;
}

double per_second(const Visits& visits) {
    return rounds * 1e9 / static_cast<double>(visits.elapsed_ns);
}

}  // namespace

void measure_join_leave(const Profile& profile, const Report& report) {
    QuietGroup members = start_quiet_members(hosts, profile.timing, size);
    const std::vector<Port> ports = find_free_ports(hosts);
    std::vector<Process> greeters;
    for (std::size_t i = 0; i < hosts; ++i) {
        greeters.emplace_back(bare::worker_arguments("greeter", {std::to_string(i)}, ports));
        greeters.back().expect("ready", bound);
    }
    Visitor visitor(members.ports, profile.timing);
    Visits ours;
    Visits theirs;
    Visits warming_up;
    visitor.visit(warming_up);
    visit_bare(ports, warming_up);
    for (int i = 0; i < rounds; ++i) {
        visitor.visit(ours);
        visit_bare(ports, theirs);
    }
    const char* baseline =
        "bare libzmq: a context of its own, connections to three nodes and back, and a round trip";
    Figure joined{.name = "join-leave/join", .baseline = baseline};
    ours.joined.describe(joined);
    joined.baseline_p50_us = theirs.joined.median_us();
    report(joined);
    Figure left{.name = "join-leave/leave",
                .baseline = "a round trip to each, and the context's end"};
    ours.left.describe(left);
    left.baseline_p50_us = theirs.left.median_us();
    report(left);
    Figure rate{.name = "join-leave/rate", .baseline = "both; visits a second", .samples = rounds};
    rate.per_second = per_second(ours);
    rate.baseline_per_second = per_second(theirs);
    report(rate);
}

}  // namespace quorate::bench
