// A member that was stopped for a moment, of a group that is busy: what it lacks is kept for it,
// and it is brought up while the load goes on.
#include <gtest/gtest.h>

#include "sim/sender_order.h"
#include "sim/world.h"

namespace quorate::sim {
namespace {

using namespace std::chrono_literals;

/// Three members, and a log that is cut every 50 entries, of which 5 are kept for nobody in
/// particular; whoever commits anything is busy.
class Busy {
public:
    explicit Busy(std::size_t kept_for_who_needs_it) : profile_(profile_of(kept_for_who_needs_it)) {
        world_.on_event = [this](Process& process, const Event& event) {
            if (std::holds_alternative<StateRestored>(event)) ++restored_[process.node];
        };
        for (Node node = 0; node < world_.machines(); ++node) world_.start(node);
        for (int i = 0; i < 100 && !leads_all(); ++i) run_for(100ms);
    }
    bool leads_all() {
        return world_.leader() && raft().configuration().voters.size() == world_.machines();
    }
    Node leader() { return *world_.leader(); }
    const raft::Raft& raft() { return *world_.process(leader())->loop->raft(); }
    std::uint64_t restored(Node node) const { return restored_.at(node); }
    /// Since the leader was last asked.
    bool was_paced() const { return was_paced_; }
    World& world() { return world_; }

    /// The leader's component says five things to all in each millisecond, of 2000 bytes each: what
    /// is lacked takes many Appends.
    void run_under_load(Nanos time, Node behind) {
        for (Nanos passed{}; passed < time; passed += 200us) {
            Process& process = *world_.process(leader());
            const std::string text = compose_message('o', process.life, ++said_, 2000);
            world_.submit(process, io::SendOrdered{0, Payload(text)});
            run_for(200us);
            was_paced_ |= raft().paced(process.clock.now(), id(behind));
        }
    }
    raft::Index lacks(Node node) { return raft().commit_index() - raft().match_index(id(node)); }

private:
    static Profile profile_of(std::size_t kept) {
        Profile profile;
        profile.spec.size = profile.machines = 3;
        profile.beacon = false;
        profile.busy_rate = 1;
        profile.compaction.after_entries = 50;
        profile.compaction.keep_entries = 5;
        profile.compaction.keep_entries_needed = kept;
        return profile;
    }
    MemberId id(Node node) { return world_.process(node)->loop->id(); }
    void run_for(Nanos time) { world_.scheduler().run_until(world_.scheduler().now() + time); }

    const Profile profile_;
    const Story story_{false};
    Counters counters_;
    World world_{profile_, 1, story_, counters_};
    std::vector<std::uint64_t> restored_ = std::vector<std::uint64_t>(3);
    std::uint64_t said_ = 0;
    bool was_paced_ = false;
};

/// Away for 100 ms, and back for a second.
std::uint64_t states_for_who_was_stopped(Busy& group) {
    const Node stopped = (group.leader() + 1) % group.world().machines();
    group.run_under_load(50ms, stopped);
    const std::uint64_t before = group.restored(stopped);
    group.world().pause(stopped);
    group.run_under_load(100ms, stopped);
    EXPECT_GT(group.lacks(stopped), 200u);
    group.world().resume(stopped);
    const raft::Index cut_at = group.raft().log().snapshot()->index;
    group.run_under_load(1s, stopped);
    EXPECT_GT(group.raft().log().snapshot()->index, cut_at + 1000) << "the log is cut meanwhile";
    EXPECT_LT(group.lacks(stopped), 50u) << "it has gained on the others";
    return group.restored(stopped) - before;
}

TEST(Behind, who_was_stopped_gets_the_log_at_a_pace_though_it_is_cut_meanwhile) {
    Busy group(5000);
    ASSERT_TRUE(group.leads_all());
    EXPECT_EQ(states_for_who_was_stopped(group), 0u);
    EXPECT_TRUE(group.was_paced());
    EXPECT_LT(group.raft().log().last_index() - group.raft().log().first_index(), 200u)
        << "and once nobody lacks any, no more is kept than before";
}

TEST(Behind, who_was_stopped_gets_the_state_where_the_log_may_not_be_kept) {
    Busy group(5);
    ASSERT_TRUE(group.leads_all());
    EXPECT_GE(states_for_who_was_stopped(group), 1u);
}

}  // namespace
}  // namespace quorate::sim
