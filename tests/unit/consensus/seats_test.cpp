// Rules 1 and 3: who holds the seats.
#include "consensus/seats.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "tests/unit/consensus/group_story.h"

namespace quorate::consensus {
namespace {

using Numbers = std::vector<std::uint64_t>;

std::vector<MemberId> ids(const Numbers& numbers) {
    std::vector<MemberId> result;
    for (const std::uint64_t number : numbers) result.push_back(member(number));
    return result;
}

/// Today's seats, in numbers; everybody has caught up and nobody is dead unless said otherwise.
struct Seats {
    Numbers voters;
    Numbers learners = {};
    std::set<std::uint64_t> behind = {};
    std::set<std::uint64_t> dead = {};
    Numbers witnesses = {};
    std::uint32_t seats = 0;  ///< those of the group, if it is 0
};

std::optional<SeatPlan> plan(const GroupStory& group, const Seats& seats) {
    return plan_seats(group.machine, {ids(seats.voters), ids(seats.learners), ids(seats.witnesses),
                                      seats.seats > 0 ? seats.seats : group.machine.spec().seats(),
                                      [&](MemberId id) { return !seats.behind.contains(id.low); },
                                      [&](MemberId id) { return seats.dead.contains(id.low); },
                                      [&](MemberId id) { return !seats.dead.contains(id.low); }});
}

void expect_plan(const std::optional<SeatPlan>& made, const Numbers& voters,
                 const Numbers& learners) {
    ASSERT_TRUE(made);
    EXPECT_EQ(made->voters, ids(voters));
    EXPECT_EQ(made->learners, ids(learners));
}

TEST(Seats, StayWhenAllIsAsItShouldBe) {
    GroupStory group(3);
    EXPECT_FALSE(plan(group, {.voters = {3, 1, 2}}));
}

TEST(Newcomer, LearnsFirst) {
    GroupStory group(2, {.size = 3});
    group.join(3);
    expect_plan(plan(group, {.voters = {1, 2}}), {1, 2}, {3});
    EXPECT_FALSE(plan(group, {.voters = {1, 2}, .learners = {3}, .behind = {3}}));
}

TEST(Newcomer, TakesAFreeSeatOnceItHasCaughtUp) {
    GroupStory group(2, {.size = 3});
    group.join(3);
    expect_plan(plan(group, {.voters = {1, 2}, .learners = {3}}), {1, 2, 3}, {});
}

TEST(Newcomer, TakesOverTheSeatOfALostVoter) {
    GroupStory group(3);
    group.leave(2);
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}})) << "an eviction frees no seat";
    group.join(4);
    expect_plan(plan(group, {.voters = {1, 2, 3}, .learners = {4}}), {1, 4, 3}, {});
}

TEST(Newcomer, TakesOverTheSeatOfADeadVoterThatIsInTheRosterStill) {
    GroupStory group(3, {.size = 4, .max_voters = 3});
    group.join(4);
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}, .learners = {4}}));
    expect_plan(plan(group, {.voters = {1, 2, 3}, .learners = {4}, .dead = {2}}), {1, 4, 3}, {2});
}

TEST(Newcomer, NeverTakesALivingMembersSeat) {
    GroupStory group(3, {.size = 5, .max_voters = 3});
    group.join(4);
    group.join(5);
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}, .learners = {4, 5}})) << "they are standbys";
}

TEST(Newcomer, GetsNoSeatWhenItIsDeadItself) {
    GroupStory group(3);
    group.leave(2);
    group.join(4);
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}, .learners = {4}, .dead = {4}}));
}

TEST(Seats, AreFilledBeforeOneIsTakenOver) {
    GroupStory group(3, {.size = 4});
    group.leave(3);
    group.join(4);
    expect_plan(plan(group, {.voters = {1, 2, 3}, .learners = {4}}), {1, 2, 3, 4}, {});
}

TEST(Seats, MoveSeveralAtOnce) {
    GroupStory group(3);
    group.leave(2);
    group.leave(3);
    group.join(4);
    group.join(5);
    expect_plan(plan(group, {.voters = {1, 2, 3}, .learners = {4, 5}}), {1, 4, 5}, {});
}

TEST(Seats, GetMoreOnceEnoughVotersLive) {
    GroupStory group(3);
    group.apply(Resize{member(1), 1, 5});
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}, .dead = {3}, .seats = 3}))
        << "three of five are needed from then on";
    const auto grown = plan(group, {.voters = {1, 2, 3}, .seats = 3});
    expect_plan(grown, {1, 2, 3}, {});
    EXPECT_EQ(grown->seats, 5u);
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}, .seats = 5}));
}

TEST(Seats, GetFewerAndTheLostVotersWithThem) {
    GroupStory group(5);
    group.leave(2);
    group.leave(4);
    group.apply(Resize{member(1), 1, 3});
    const auto shrunk = plan(group, {.voters = {1, 2, 3, 4, 5}, .seats = 5});
    expect_plan(shrunk, {1, 3, 5}, {});
    EXPECT_EQ(shrunk->seats, 3u);
}

TEST(Seats, GetFewerByWitnessesFirst) {
    GroupStory group(6, {.size = 6});
    group.leave(3);
    group.leave(6);
    group.apply(Resize{member(1), 1, 5});
    const auto shrunk =
        plan(group, {.voters = {1, 2, 3, 4, 5, 6}, .witnesses = {4, 5, 6}, .seats = 6});
    expect_plan(shrunk, {1, 2, 3, 4, 5}, {});
}

TEST(Seats, StayAsManyUntilWitnessesAreAtMostHalfOfFewer) {
    GroupStory group(4, {.size = 4});
    group.leave(1);
    group.apply(Resize{member(2), 1, 3});
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3, 4}, .witnesses = {3, 4}, .seats = 4}))
        << "two of three can't be";
}

TEST(Seats, AreKeptByAVoterThatWasEvictedAndCameBack) {
    GroupStory group(3);
    group.leave(2);
    group.join(2);
    EXPECT_FALSE(plan(group, {.voters = {1, 2, 3}}));
}

TEST(Observer, LearnsForEver) {
    GroupStory group(2, {.size = 3});
    group.join(3, Role::observer);
    EXPECT_FALSE(plan(group, {.voters = {1, 2}, .learners = {3}}));
}

TEST(Witness, TakesASeatLikeAMember) {
    GroupStory group(2, {.size = 3});
    group.join(3, Role::witness);
    expect_plan(plan(group, {.voters = {1, 2}, .learners = {3}}), {1, 2, 3}, {});
}

TEST(Witness, WaitsWhereHalfOfTheVotersAreWitnesses) {
    GroupStory group(1, {.size = 4});
    group.join(2, Role::witness);
    group.join(3, Role::witness);
    const Seats two{.voters = {1, 2}, .learners = {3}, .witnesses = {2}};
    EXPECT_FALSE(plan(group, two)) << "a majority of three could hold no data";
    group.join(4);
    const auto four = plan(group, {.voters = {1, 2}, .learners = {3, 4}, .witnesses = {2}});
    expect_plan(four, {1, 2, 4}, {3});
    EXPECT_EQ(four->witnesses, ids({2}));
    const auto all = plan(group, {.voters = {1, 2, 4}, .learners = {3}, .witnesses = {2}});
    expect_plan(all, {1, 2, 4, 3}, {});
    EXPECT_EQ(all->witnesses, ids({2, 3}));
}

TEST(Witness, ThatIsLostKeepsItsSeatAsOneUntilItIsTakenOver) {
    GroupStory group(3, {.size = 3});
    group.leave(3, Departure::lost);
    group.join(4);
    const auto taken = plan(group, {.voters = {1, 2, 3}, .learners = {4}, .witnesses = {3}});
    expect_plan(taken, {1, 2, 4}, {});
    EXPECT_TRUE(taken->witnesses.empty());
}

TEST(Learner, ThatLeftTheRosterLearnsNoMore) {
    GroupStory group(3, {.size = 4, .max_voters = 3});
    expect_plan(plan(group, {.voters = {1, 2, 3}, .learners = {4}}), {1, 2, 3}, {});
}

TEST(Seats, ArePlannedWithinTheRulesWhateverHappens) {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        base::Random random(seed);
        const auto size = static_cast<std::uint32_t>(1 + random.below(9));
        const auto max_voters = static_cast<std::uint32_t>(1 + 2 * random.below(4));
        GroupStory group(size, {.size = size, .max_voters = max_voters});
        const SeatPlan founded = founding_seats(group.machine.founding());
        Seats seats;
        for (const MemberId& id : founded.voters) seats.voters.push_back(id.low);
        for (std::uint64_t number = 1; number <= size + 4; ++number) {
            if (random.one_in(3)) group.leave(number);
            if (random.one_in(2))
                group.join(number, random.one_in(4) ? Role::observer : Role::member);
            if (random.one_in(3)) seats.dead.insert(number);
            if (random.one_in(3)) seats.behind.insert(number);
            const bool votes = std::count(seats.voters.begin(), seats.voters.end(), number) > 0;
            if (!votes && random.one_in(2)) seats.learners.push_back(number);
        }
        const auto made = plan(group, seats);
        if (!made) continue;
        const std::set<MemberId> voters(made->voters.begin(), made->voters.end());
        ASSERT_EQ(voters.size(), made->voters.size()) << "seed " << seed;
        ASSERT_GE(voters.size(), seats.voters.size()) << "seed " << seed;
        ASSERT_LE(voters.size(),
                  std::max<std::size_t>(seats.voters.size(), group.machine.spec().seats()));
        for (const std::uint64_t number : seats.voters) {
            const bool living =
                group.machine.find_member(member(number)) && !seats.dead.contains(number);
            ASSERT_TRUE(!living || voters.contains(member(number))) << "seed " << seed;
        }
        for (const MemberId& id : made->voters) {
            const bool new_voter =
                std::count(seats.voters.begin(), seats.voters.end(), id.low) == 0;
            if (!new_voter) continue;
            ASSERT_FALSE(seats.behind.contains(id.low) || seats.dead.contains(id.low))
                << "seed " << seed;
            ASSERT_NE(group.machine.find_member(id)->role, Role::observer) << "seed " << seed;
        }
        for (const MemberRecord& each : group.machine.roster()) {
            const auto learns = std::count(made->learners.begin(), made->learners.end(), each.id);
            ASSERT_EQ(learns, voters.contains(each.id) ? 0 : 1) << "seed " << seed;
        }
    }
}

TEST(FoundingSeats, GoToTheFirstOfTheRosterThatAreNoObservers) {
    Founding founding = founded_by(5, {.size = 5, .max_voters = 3});
    founding.roster[1].role = Role::observer;
    const SeatPlan seats = founding_seats(founding);
    EXPECT_EQ(seats.voters, ids({1, 3, 4}));
    EXPECT_EQ(seats.learners, ids({2, 5}));
}

TEST(FoundingSeats, GoToMembersFirstAndToAsManyWitnesses) {
    Founding founding = founded_by(3, {.size = 5});
    founding.roster[0].role = founding.roster[1].role = Role::witness;
    const SeatPlan seats = founding_seats(founding);
    EXPECT_EQ(seats.voters, ids({3, 1}));
    EXPECT_EQ(seats.witnesses, ids({1}));
    EXPECT_EQ(seats.learners, ids({2}));
}

TEST(FoundingSeats, AreForThoseWhoArePresent) {
    const SeatPlan seats = founding_seats(founded_by(2, {.size = 3}));
    EXPECT_EQ(seats.voters, ids({1, 2}));
    EXPECT_TRUE(seats.learners.empty());
}

}  // namespace
}  // namespace quorate::consensus
