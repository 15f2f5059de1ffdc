// A group of many: what each member sends does not grow with their number.
#include <gtest/gtest.h>

#include "sim/world.h"

namespace quorate::sim {
namespace {

using namespace std::chrono_literals;

/// Of each member in a second.
struct Traffic {
    double frames = 0;
    double bytes = 0;
};

/// Members that start together, and so have heard of all others; seven voters, no faults.
class Crowd {
public:
    explicit Crowd(std::uint32_t members) : profile_(profile_of(members)) {
        for (Node node = 0; node < world_.machines(); ++node) world_.start(node);
        world_.network().tap = [this](Life, const std::string&, const Payload& frame) {
            bytes_ += static_cast<double>(frame.size());
        };
    }

    /// Everybody has everybody in the roster, and follows the one leader.
    bool is_settled() {
        const std::optional<Node> leader = world_.leader();
        if (!leader || world_.processes().size() < world_.machines()) return false;
        const MemberId led_by = world_.process(*leader)->loop->id();
        for (Process* process : world_.processes()) {
            const raft::Raft* raft = process->loop->raft();
            if (raft == nullptr || raft->leader() != led_by) return false;
            if (process->loop->machine()->roster().size() < world_.machines()) return false;
        }
        return true;
    }
    bool settles() {
        for (int i = 0; i < 600 && !is_settled(); ++i) run_for(100ms);
        return is_settled();
    }
    std::size_t voters() {
        return world_.process(*world_.leader())->loop->raft()->configuration().voters.size();
    }

    Traffic traffic(Nanos time) {
        const std::uint64_t frames_before = world_.network().frames();
        const double bytes_before = bytes_;
        run_for(time);
        const double seconds = std::chrono::duration<double>(time).count();
        const double shares = seconds * world_.machines();
        const auto frames = static_cast<double>(world_.network().frames() - frames_before);
        return {frames / shares, (bytes_ - bytes_before) / shares};
    }

private:
    static Profile profile_of(std::uint32_t members) {
        Profile profile;
        profile.spec.size = profile.machines = members;
        profile.spec.timing = Timing::wan();
        profile.beacon = false;
        return profile;
    }
    void run_for(Nanos time) { world_.scheduler().run_until(world_.scheduler().now() + time); }

    const Profile profile_;
    const Story story_{false};
    Counters counters_;
    World world_{profile_, 1, story_, counters_};
    double bytes_ = 0;
};

Traffic traffic_of(std::uint32_t members) {
    Crowd crowd(members);
    EXPECT_TRUE(crowd.settles()) << members << " members have not come together";
    const Traffic traffic = crowd.traffic(3s);
    EXPECT_TRUE(crowd.is_settled()) << "nobody was lost meanwhile";
    EXPECT_EQ(crowd.voters(), 7u);
    return traffic;
}

/// A heartbeat and its answer for each, whatever their number: the group's traffic is linear in it.
TEST(Crowd, of_two_hundred_each_says_no_more_than_of_fifty) {
    const Traffic fifty = traffic_of(50);
    const Traffic two_hundred = traffic_of(200);
    constexpr double heartbeats = 4;  // a second
    EXPECT_GT(fifty.frames, heartbeats);
    EXPECT_LT(fifty.frames, 1.25 * 2 * heartbeats);
    EXPECT_LT(two_hundred.frames, 1.25 * fifty.frames);
    EXPECT_LT(two_hundred.bytes, 1.25 * fifty.bytes);
}

}  // namespace
}  // namespace quorate::sim
