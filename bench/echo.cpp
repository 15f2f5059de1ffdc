// send-leader-echo: component, worker, TCP, worker, component, and all the way back.
#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"

namespace quorate::bench {

namespace {
constexpr int bursts = 20;
constexpr const char* burst = " 250 256";  // messages, and bytes of each
}  // namespace

void measure_send_leader_echo(const Profile& profile, const Report& report) {
    Ensemble members(3, profile.timing);
    std::vector<Process> relays = bare::start_nodes("relay", 2);
    members.await_settled();
    const auto run = [](Process& node, const std::string& command) {
        node.say(command + burst);
        return Samples::parse(node.expect("samples", burst_bound));
    };
    Samples ours;
    Samples theirs;
    for (int i = 0; i <= bursts; ++i) {
        const Samples with_library = run(members.following(), "echo");
        const Samples without = run(relays[1], "echo 0");
        if (i == 0) continue;  // warming up
        ours.add(with_library);
        theirs.add(without);
    }
    Figure figure{.name = "send-leader-echo",
                  .baseline = "bare libzmq: the same inproc and TCP hops there and back"};
    ours.describe(figure);
    figure.baseline_p50_us = theirs.median_us();
    report(figure);
}

}  // namespace quorate::bench
