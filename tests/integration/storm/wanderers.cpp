// Components of one group, each with a coordinator of its own, that join and leave at random.
//   wanderers FIRST COUNT ALL [SEED…]
//       COUNT of the ALL members, numbered from FIRST on; the first ones are seeds if none are
//       given
// Tells their endpoints first: {"event":"started","endpoints":[…]}. Commands, one a line:
//   gather
//       all join and stay; {"event":"together","visits":…} once all of the group are there
//   count
//       {"event":"counted",…}: descriptors, and bytes in use
//   storm
//       each joins, stays for 1 to 8 s, leaves and is back within 1 s, until the next command
// Ends when standard input closes; with {"event":"stuck",…} when one is on its way for too long.
#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "quorate/quorate.h"

namespace {

using namespace std::chrono_literals;
using namespace quorate;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

/// Whoever is on its way longer than this is stuck: a founding anew, on a busy machine, included.
constexpr auto patience = 60s;

void tell(const Json& line) {
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

GroupSpec spec_of(std::uint32_t members) {
    GroupSpec spec{.size = members};
    spec.timing = {
        .heartbeat = 100ms, .election_min = 500ms, .election_max = 1s, .peer_timeout = 4s};
    return spec;
}

class Wanderer {
public:
    Wanderer(std::uint32_t index, std::uint32_t all, const std::vector<std::string>& seeds)
        : coordinator_({.component = "wanderer-" + std::to_string(index)}),
          options_(options_of(seeds)),
          spec_(spec_of(all)),
          random_(index) {
        join();
        while (endpoint_.empty()) coordinator_.dispatch(10ms);
    }

    /// Runs what came, and takes the next step if it is time.
    void go_on(bool stay) {
        coordinator_.dispatch();
        if (stage_ != Stage::inside && stage_ != Stage::outside) look_whether_stuck();
        if (stage_ == Stage::inside && !stay && Clock::now() >= next_at_) {
            move_to(Stage::leaving);
            if (!coordinator_.leave_group(*group_)) tell({{"event", "not left"}});
        } else if (stage_ == Stage::outside && (stay || Clock::now() >= next_at_)) {
            join();
        }
    }
    const std::string& endpoint() const { return endpoint_; }
    int visits() const { return visits_; }

    /// It is in, everybody is, and all seats are held by the living.
    bool sees_all() const {
        if (stage_ != Stage::inside) return false;
        const GroupStatus status = group_->status();
        const auto voters = std::count_if(status.members.begin(), status.members.end(),
                                          [](const MemberInfo& member) { return member.voter; });
        return status.members.size() == spec_.size && status.quorum &&
               voters == static_cast<std::ptrdiff_t>(spec_.seats());
    }

private:
    enum class Stage { outside, joining, inside, leaving };

    void look_whether_stuck() const {
        if (Clock::now() - since_ < patience) return;
        const GroupStatus status = group_->status();
        tell({{"event", "stuck"},
              {"stage", stage_ == Stage::joining ? "joining" : "leaving"},
              {"member", status.id.hex()},
              {"roster", status.members.size()},
              {"quorum", status.quorum}});
        std::_Exit(1);
    }
    void move_to(Stage stage) {
        stage_ = stage;
        since_ = Clock::now();
    }
    void join() {
        move_to(Stage::joining);
        Group& group = coordinator_.join_group("storm", "A", spec_, options_);
        group_ = &group;
        // Always at the same address, or its place as a seed would be lost.
        group.on_started([this](const Started& e) { options_.listen = endpoint_ = e.endpoint; });
        group.on_joined([this](const Joined&) {
            ++visits_;
            move_to(Stage::inside);
            next_at_ = Clock::now() + pause(1s, 8s);
        });
        group.on_group_reset([this](const GroupReset&) {
            if (stage_ == Stage::inside) move_to(Stage::joining);
        });
        group.on_left([this](const Left&) {
            move_to(Stage::outside);
            next_at_ = Clock::now() + pause(0s, 1s);
        });
    }
    Duration pause(Duration least, Duration most) {
        std::uniform_int_distribution<std::int64_t> any(least.count(), most.count());
        return Duration(any(random_));
    }

    static MemberOptions options_of(const std::vector<std::string>& seeds) {
        MemberOptions options;
        options.seeds = seeds;
        options.beacon.clear();
        options.mailbox_events = 4096;
        options.kept_entries =
            500;  // or the log of all that comings and goings would grow for long
        return options;
    }

    Coordinator coordinator_;
    MemberOptions options_;
    GroupSpec spec_;
    std::mt19937_64 random_;
    Group* group_ = nullptr;
    std::string endpoint_;
    Stage stage_ = Stage::outside;
    Clock::time_point since_ = Clock::now();
    Clock::time_point next_at_{};
    int visits_ = 0;
};

/// The next command, if one has come; nothing more comes once standard input has closed.
std::string next_command() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 2) <= 0) return {};
    char line[64];
    return std::fgets(line, sizeof line, stdin) == nullptr ? "end" : std::string(line);
}

/// What must not grow: descriptors, and bytes in use by malloc (not what it keeps for later).
Json possessions() {
    const auto descriptors =
        std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
    return {{"event", "counted"}, {"descriptors", descriptors}, {"bytes", mallinfo2().uordblks}};
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 3) return 64;
    std::vector<std::string> seeds(arguments.begin() + 3, arguments.end());
    const int first = std::stoi(arguments[0]);
    std::vector<std::unique_ptr<Wanderer>> all;
    Json endpoints = Json::array();
    for (int i = first; i < first + std::stoi(arguments[1]); ++i) {
        all.push_back(std::make_unique<Wanderer>(
            i, static_cast<std::uint32_t>(std::stoi(arguments[2])), seeds));
        endpoints.push_back(all.back()->endpoint());
        if (seeds.size() < 3) seeds.push_back(all.back()->endpoint());
    }
    tell({{"event", "started"}, {"endpoints", endpoints}});
    bool stay = true;
    bool told = true;
    while (true) {
        const std::string command = next_command();
        if (command == "end") return 0;
        if (command == "count\n") {
            tell(possessions());
        } else if (!command.empty()) {
            stay = command == "gather\n";
            told = !stay;
        }
        bool together = true;
        int visits = 0;
        for (auto& each : all) {
            each->go_on(stay);
            together &= each->sees_all();
            visits += each->visits();
        }
        if (told || !together) continue;
        told = true;
        tell({{"event", "together"}, {"visits", visits}});
    }
}
