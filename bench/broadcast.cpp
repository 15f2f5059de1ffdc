// broadcast: as many messages to the group as all of its members take.
#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"

namespace quorate::bench {

namespace {

constexpr int bursts = 7;
constexpr std::size_t members_count = 5;
constexpr std::size_t messages = 20'480;  // a multiple of what receivers report progress by
const std::string command = "broadcast " + std::to_string(messages) + " 256";

double run(Process& sender) {
    sender.say(command);
    const double elapsed_ns = std::stod(sender.expect("elapsed", burst_bound));
    return static_cast<double>(messages) * 1e9 / elapsed_ns;
}

}  // namespace

void measure_broadcast(const Profile& profile, const Report& report) {
    Ensemble members(members_count, profile.timing);
    std::vector<Process> relays = bare::start_nodes("relay", members_count);
    members.await_settled();
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int i = 0; i <= bursts; ++i) {
        const double with_library = run(members.following());
        const double without = run(relays[1]);
        if (i == 0) continue;  // warming up
        ours.push_back(with_library);
        theirs.push_back(without);
    }
    Figure figure{.name = "broadcast",
                  .baseline = "bare libzmq: the same hops, a PUSH socket for each receiver"};
    figure.samples = bursts * messages;
    figure.per_second = median(ours);
    figure.baseline_per_second = median(theirs);
    report(figure);
}

}  // namespace quorate::bench
