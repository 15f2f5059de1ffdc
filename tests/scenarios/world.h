// The world of a scenario: members with clocks and disks of their own, and a network that the
// script holds in its hands. One thread; time is simulated (nanoseconds; scripts say milliseconds).
//
//   World world;
//   world.found({{A, B, C}, {}});
//   world.act(a, [](raft::Raft& raft, raft::Moment now) { raft.campaign(now, …); });
//   while (world.deliver_first(everything)) {}
//   world.advance(50ms, World::Network::delivers);
//
// What happens is told to `story`. A CHECK of the core stops the member that broke it, as it would
// stop the process, and is told. Errors of the script are thrown as ScriptError.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "raft/raft.h"
#include "tests/scenarios/invariants.h"
#include "tests/scenarios/story.h"

namespace quorate::scenarios {

struct ScriptError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Disk {
    std::shared_ptr<const raft::Snapshot> base;
    raft::HardState hard_state;
    raft::Entries entries;
};

/// An output on its way to the disk, and what may leave once it is there.
struct Write {
    raft::Output output;
    bool empty() const {
        return !output.hard_state && !output.truncate_from && !output.snapshot &&
               output.entries.empty();
    }
};

/// A member's clocks: `rate` of its own seconds pass in a second.
struct Clock {
    raft::Moment now{std::chrono::seconds(10), std::chrono::seconds(20)};
    double rate = 1.0;
    bool suspended = false;  ///< CLOCK_MONOTONIC stands still
};

struct Node {
    MemberId id;
    std::unique_ptr<raft::Raft> raft;  ///< none: not started, or a newcomer without a state
    bool running = false;
    bool paused = false;
    Nanos paused_at{};  ///< its CLOCK_MONOTONIC
    Clock clock;
    bool disk_held = false;
    std::deque<Write> writes;
    Disk disk;
    raft::SnapshotAssembly arriving;  ///< a newcomer's first state
    Lines applied;
    raft::Role told_role = raft::Role::follower;  ///< as the story last told it
    Term told_term = 0;
    MemberId told_leader;
    raft::Configuration told_configuration;
};

/// A message on its way.
struct Letter {
    std::uint64_t number = 0;
    MemberId from;
    MemberId to;
    Message message;
    Nanos sent_at{};  ///< time of the world
};

using Selects = std::function<bool(const Letter&)>;

class World {
public:
    World();
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    raft::Options options;  ///< of every member, but for `self` and `seed`
    std::map<MemberId, std::uint8_t> priorities;
    std::uint64_t reads = 0;  ///< asked for so far: each is known by its number
    Nanos latency = std::chrono::milliseconds(1);
    Story story;
    bool tell_sends = true;  ///< else only deliveries are told

    /// As it was before anything happened.
    void forget_all();

    // ---- members ----
    void found(const raft::Configuration& configuration);
    /// A member that knows nothing yet and waits for a state.
    void add_newcomer(MemberId id);
    /// Starts from what is on its disk; backs nobody for `withhold` of its own clock.
    void start(MemberId id, Nanos withhold);
    void crash(MemberId id);
    void pause(MemberId id);
    /// It finds that it was late and says so to the core, unless it is `unaware`.
    void resume(MemberId id, bool unaware);
    Node& node(MemberId id);
    Node& running(MemberId id);  ///< … with a core in it, else a ScriptError
    std::vector<MemberId> everyone() const;
    /// An input to the core, and what comes out of it.
    void act(MemberId id, const std::function<void(raft::Raft&, raft::Moment)>& input);
    void compact(MemberId id, Index index, std::size_t keep);

    // ---- disk ----
    /// The first `count` writes that wait are on disk.
    void sync_disk(MemberId id, std::size_t count);

    // ---- network ----
    std::list<Letter> letters;
    std::uint64_t next_number() { return ++numbered_; }
    std::vector<Selects> held;
    /// Directed links that are cut.
    std::set<std::pair<MemberId, MemberId>> cut;
    bool is_held(const Letter& letter) const;
    /// Delivers the first letter that is selected, held or not; false if there is none.
    bool deliver_first(const Selects& selects);

    // ---- time ----
    enum class Network { stands_still, delivers };
    void advance(Nanos time, Network network);
    Nanos now() const { return now_; }

private:
    void turn(Node& node);
    void tell_role(Node& node);
    void tell_configuration(Node& node);
    void tell_reads(const Node& node, const raft::Output& output);
    void tell_writes(const Node& node, const raft::Output& output);
    void persist(Node& node, Write write);
    void apply(Node& node, const raft::Entries& entries);
    void restore(Node& node, const raft::Snapshot& snapshot);
    void post(MemberId from, std::vector<raft::Outgoing> messages);
    void hand_over(const Letter& letter);
    void receive_as_newcomer(Node& node, const Letter& letter);
    bool reaches(const Letter& letter, Network network) const;
    Nanos next_event(Network network);
    void pass_time(Nanos time);
    void stop(Node& node, const std::string& why);
    void check();

    std::map<MemberId, Node> nodes_;
    Nanos now_{};
    std::uint64_t numbered_ = 0;
    Invariants invariants_;
    base::CheckHandler earlier_handler_;
};

}  // namespace quorate::scenarios
