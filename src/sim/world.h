// A simulated deployment: machines, the processes on them, the network between them, one seed.
//
// Many GroupLoops on one thread and in one simulated time; after every turn of one the referee
// looks.
//
//   World world(profile, seed, story, counters);
//   for (Node node = 0; node < world.machines(); ++node) world.start(node);
//   world.scheduler().run_until(10s);
//
// Single-threaded. Throws RuleBroken out of run_until().
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/process.h"
#include "sim/profile.h"
#include "sim/referee.h"

namespace quorate::sim {

class World {
public:
    World(const Profile& profile, std::uint64_t seed, const Story& story, Counters& counters);

    Scheduler& scheduler() { return scheduler_; }
    Network& network() { return network_; }
    const Referee& referee() const { return referee_; }
    const Profile& profile() const { return profile_; }
    const Story& story() const { return story_; }
    Counters& counters() { return counters_; }
    const std::string& group() const { return group_; }

    // ---- machines ----
    Node machines() const { return static_cast<Node>(machines_.size()); }
    /// Null while nothing runs there.
    Process* process(Node node) { return machines_[node].process.get(); }
    /// All that have not ended, by machine.
    std::vector<Process*> processes() const;
    /// Null once it has ended.
    Process* find(Life life) { return life < lives_.size() ? lives_[life] : nullptr; }
    bool runs(Node node) const { return machines_[node].process != nullptr && !stopped(node); }
    bool stopped(Node node) const {
        return machines_[node].paused || machines_[node].off || machines_[node].clock.suspended();
    }
    SimClock& clock(Node node) { return machines_[node].clock; }
    // ---- what an operator has written down (operator.h) ----
    /// The size that a process is started with.
    std::uint32_t size() const { return size_; }
    void set_size(std::uint32_t size) { size_ = size; }
    /// Whether something is to run on that machine, if it isn't one too many.
    bool is_deployed(Node node) const { return node >= profile_.deployed() || node < deployed_; }
    /// Of the machines that aren't for observers, the first ones.
    void deploy(Node machines) { deployed_ = machines; }
    /// A running process that leads.
    std::optional<Node> leader();

    // ---- what can happen to them ----
    /// A process starts where none is and one is to be; with `move`, at a new endpoint.
    void start(Node node, bool move = false);
    void kill(Node node, bool silently = false);
    void pause(Node node);
    void resume(Node node);
    void suspend(Node node);
    void wake(Node node);
    /// The machine loses power; start() brings it back.
    void power_off(Node node);

    /// The component asks for something; the command's request number is filled in.
    void submit(Process& process, io::Command command);
    /// The component doesn't read its events, or does again.
    void set_reading(Process& process, bool reading);

    // ---- who reacts ----
    std::function<void(Process&)> on_start;
    /// An event that a component reads.
    std::function<void(Process&, const Event&)> on_event;
    /// A process ended by itself: it left, or was refused.
    std::function<void(Node)> on_exit;

private:
    struct Machine {
        explicit Machine(const Scheduler& scheduler, const SimClock::Settings& settings)
            : clock(scheduler, settings) {}
        SimClock clock;
        std::unique_ptr<Process> process;
        bool paused = false;
        bool off = false;
        std::uint32_t port = 5000;
    };

    void receive(Life life, io::TransportEvent event);
    void plan_turn(Process& process, Nanos when);
    void turn(Process& process);
    void check_spinning(Process& process, bool idle);
    void let_component_read(Process& process);
    void run_again(Node node);
    std::string endpoint_of(Node node) const;
    SimAlarm::Hooks alarm_hooks(Node node, Life life);
    group::LoopOptions loop_options(Node node, Process& process);

    const Profile& profile_;
    const Story& story_;
    Counters& counters_;
    std::string group_ = "feeder.A";
    std::uint32_t size_;
    Node deployed_;
    base::Random random_;
    Scheduler scheduler_;
    Network network_;
    Referee referee_;
    std::deque<Machine> machines_;
    std::vector<Process*> lives_{nullptr};
};

}  // namespace quorate::sim
