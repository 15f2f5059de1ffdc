#include "bench/member/ensemble.h"

#include <unistd.h>

#include <sstream>
#include <thread>

#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

std::string in_us(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

std::string next_name() {
    static int groups = 0;
    return std::to_string(getpid()) + "-" + std::to_string(++groups);
}

}  // namespace

Ensemble::Ensemble(std::size_t size, const Timing& timing, bool fifo)
    : timing_(timing), fifo_(fifo), name_(next_name()), ports_(find_free_ports(size)) {
    for (std::size_t index = 0; index < size; ++index) members_.push_back(start(index));
}

Process Ensemble::start(std::size_t index) const {
    std::vector<std::string> arguments = {"bench",
                                          "--worker",
                                          "member",
                                          name_,
                                          std::to_string(index),
                                          in_us(timing_.heartbeat),
                                          in_us(timing_.election_min),
                                          in_us(timing_.election_max),
                                          in_us(timing_.peer_timeout),
                                          fifo_ ? "fifo" : "inherited"};
    for (const Port port : ports_) arguments.push_back(std::to_string(port));
    return Process(arguments);
}

void Ensemble::restart(std::size_t index) {
    members_[index] = start(index);
}

std::vector<std::size_t> Ensemble::followers() const {
    std::vector<std::size_t> all;
    for (std::size_t index = 0; index < size(); ++index) {
        if (index != leader_) all.push_back(index);
    }
    return all;
}

void Ensemble::await_settled() {
    const Duration bound = std::chrono::seconds(10) + 10 * timing_.peer_timeout;
    const std::int64_t deadline = monotonic_ns() + bound.count();
    while (!look()) {
        if (monotonic_ns() > deadline) throw Failed("the group did not settle in time");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

/// One look at all members.
bool Ensemble::look() {
    for (Process& each : members_) each.say("status");
    std::string agreed;
    std::size_t leases = 0;
    bool settled = true;
    for (std::size_t index = 0; index < size(); ++index) {
        std::istringstream status(members_[index].expect("status", burst_bound));
        std::string state;
        std::string leader;
        std::size_t voters = 0;
        std::size_t alive = 0;
        bool lease = false;
        status >> state >> leader >> voters >> alive >> lease;
        if (agreed.empty()) agreed = leader;
        settled &= leader != "none" && leader == agreed && voters == size() && alive == size();
        if (lease) {
            leader_ = index;
            ++leases;
        }
    }
    return settled && leases == 1;
}

}  // namespace quorate::bench
