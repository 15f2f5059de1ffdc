#include "sim/world.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

using namespace std::chrono_literals;

World::World(const Profile& profile, std::uint64_t seed, const Story& story, Counters& counters)
    : profile_(profile),
      story_(story),
      counters_(counters),
      size_(profile.spec.size),
      deployed_(profile.resize_to > 0 ? profile.spec.size : profile.deployed()),
      random_(seed),
      network_(scheduler_, random_.next(), profile.machines,
               [this](Life life, io::TransportEvent event) { receive(life, std::move(event)); }),
      referee_(profile, group_, scheduler_, story, counters) {
    network_.weather = profile.weather;
    network_.handed_over = [this](Life from, const Payload& frame) {
        if (Process* process = find(from)) referee_.sends(*process, frame);
    };
    for (Node node = 0; node < profile.machines; ++node) {
        const double error = profile.member.clock_drift / 2 * (2 * random_.unit() - 1);
        const Nanos uptime = random_.between(10s, 100'000s);
        machines_.emplace_back(
            scheduler_,
            SimClock::Settings{
                .monotonic = uptime,
                .boottime = uptime + random_.between(0s, 1000s),
                .realtime = SimClock::epoch + random_.between(0s, profile.wall_clock_spread),
                .rate_error = error});
    }
}

std::string World::endpoint_of(Node node) const {
    return "tcp://10.0.0." + std::to_string(node + 1) + ":" + std::to_string(machines_[node].port);
}

std::vector<Process*> World::processes() const {
    std::vector<Process*> all;
    for (const Machine& machine : machines_) {
        if (machine.process) all.push_back(machine.process.get());
    }
    return all;
}

std::optional<Node> World::leader() {
    for (Node node = 0; node < machines(); ++node) {
        const Process* each = process(node);
        if (each == nullptr || stopped(node) || each->loop->raft() == nullptr) continue;
        if (each->loop->raft()->role() == raft::Role::leader) return node;
    }
    return std::nullopt;
}

group::LoopOptions World::loop_options(Node node, Process& process) {
    group::LoopOptions options;
    options.group = group_;
    options.name = process.label();
    options.spec = profile_.spec;
    options.spec.size = size_;
    options.member = profile_.member;
    options.compaction = profile_.compaction;
    options.crowd = profile_.crowd;
    options.busy_rate = profile_.busy_rate;
    options.member.listen = options.member.advertise = process.endpoint;
    options.member.role = profile_.role_of(node);
    if (profile_.preferences) options.member.priority = static_cast<std::uint8_t>(node % 3);
    options.member.timed_messages = node % 2 == 0;
    if (!profile_.beacon) options.member.beacon.clear();
    for (Node anchor = 0; anchor < std::min<Node>(profile_.anchors, machines()); ++anchor) {
        if (anchor != node) options.member.seeds.push_back(endpoint_of(anchor));
    }
    options.seed = random_.next();
    Process* self = &process;
    options.probe.accepted = [this, self](const wire::Header& header) {
        referee_.took(*self, header);
    };
    options.probe.applied = [this, self](std::uint64_t, const raft::Entry& entry) {
        referee_.applied(*self, entry);
    };
    options.probe.gives_up = [this, self] { referee_.gives_up(*self); };
    if (story_.on()) {
        options.probe.story = [this, self](const std::string& line) {
            story_.tell(scheduler_.now(), self->label(), line);
        };
    }
    return options;
}

SimAlarm::Hooks World::alarm_hooks(Node node, Life life) {
    return {.stopped = [this, node] { return stopped(node); },
            .woke =
                [this, life](const io::AlarmSetting& setting, const io::ActionWoke& woke) {
                    Process* process = find(life);
                    if (process == nullptr) return;
                    referee_.woke(*process, setting, woke);
                    process->commands.push_back(woke);
                    plan_turn(*process, scheduler_.now() + random_.between(5us, 50us));
                }};
}

void World::start(Node node, bool move) {
    Machine& machine = machines_[node];
    if (machine.process || !is_deployed(node)) return;
    machine.paused = machine.off = false;
    machine.clock.wake();
    network_.set_answering(node, true);
    if (move && node >= profile_.anchors) ++machine.port;
    const Life life = static_cast<Life>(lives_.size());
    lives_.push_back(nullptr);
    machine.process = std::make_unique<Process>(
        life, node, endpoint_of(node), machine.clock, network_, profile_.member.mailbox_events,
        [this, life](const Event& event, bool taken) {
            if (Process* self = find(life)) referee_.posted(*self, event, taken);
        },
        scheduler_, alarm_hooks(node, life));
    Process& process = *machine.process;
    network_.listen(life, node, process.endpoint, profile_.member.link_messages, profile_.beacon);
    process.loop = std::make_unique<group::GroupLoop>(loop_options(node, process), process.clock,
                                                      process.transport, process.store,
                                                      process.mailbox, process.alarm);
    process.awake_since = process.clock.now().monotonic;
    lives_[life] = &process;
    if (story_.on()) {
        story_.tell(scheduler_.now(), process.label(), "starts at " + process.endpoint);
    }
    referee_.started(process);
    if (on_start) on_start(process);
    plan_turn(process, scheduler_.now());
}

void World::kill(Node node, bool silently) {
    Machine& machine = machines_[node];
    if (!machine.process) return;
    if (story_.on()) story_.tell(scheduler_.now(), machine.process->label(), "is killed");
    const Life life = machine.process->life;
    network_.vanish(life, silently);
    referee_.ended(*machine.process);
    lives_[life] = nullptr;
    machine.process.reset();
    machine.paused = false;
    machine.clock.wake();
}

void World::pause(Node node) {
    machines_[node].paused = true;
}

void World::resume(Node node) {
    machines_[node].paused = false;
    run_again(node);
}

void World::suspend(Node node) {
    machines_[node].clock.suspend();
    network_.set_answering(node, false);
}

void World::wake(Node node) {
    machines_[node].clock.wake();
    network_.set_answering(node, !machines_[node].off);
    run_again(node);
}

void World::power_off(Node node) {
    kill(node, true);
    machines_[node].off = true;
    network_.set_answering(node, false);
}

void World::run_again(Node node) {
    Process* again = process(node);
    if (again == nullptr || stopped(node)) return;
    again->awake_since = again->clock.now().monotonic;
    again->wake_at = base::never;
    plan_turn(*again, scheduler_.now());
}

void World::submit(Process& process, io::Command command) {
    std::visit([&](auto& each) { each.request = ++process.last_request; }, command);
    process.commands.push_back(std::move(command));
    if (!stopped(process.node)) plan_turn(process, scheduler_.now() + random_.between(5us, 50us));
}

void World::set_reading(Process& process, bool reading) {
    process.reading = reading;
    process.awake_since = process.clock.now().monotonic;
    if (reading) {
        let_component_read(process);
        if (!stopped(process.node)) plan_turn(process, scheduler_.now());
    }
}

void World::receive(Life life, io::TransportEvent event) {
    Process* process = find(life);
    if (process == nullptr) return;
    process->inbox.push_back(std::move(event));
    if (stopped(process->node)) return;
    plan_turn(*process, scheduler_.now() + random_.between(5us, 50us));
}

void World::plan_turn(Process& process, Nanos when) {
    if (when >= process.wake_at) return;
    process.wake_at = when;
    scheduler_.at(when, [this, life = process.life] {
        Process* due = find(life);
        // An earlier turn took this one's place, or the machine was stopped: resume() plans anew.
        if (due == nullptr || due->wake_at != scheduler_.now() || stopped(due->node)) return;
        turn(*due);
    });
}

void World::turn(Process& process) {
    process.wake_at = base::never;
    const auto arrived = std::exchange(process.inbox, {});
    for (const io::TransportEvent& event : arrived) network_.taken(event);
    auto commands = std::exchange(process.commands, {});
    for (const io::Command& command : commands) referee_.given(process, command);
    check_spinning(process, arrived.empty() && commands.empty());
    process.loop->turn(arrived, commands);
    referee_.turned(process);
    let_component_read(process);
    if (process.loop->finished() && process.mailbox.waiting().empty() &&
        process.loop->next_deadline() >= base::never) {
        const Node node = process.node;
        const Life life = process.life;
        if (story_.on()) story_.tell(scheduler_.now(), process.label(), "ends");
        network_.vanish(life, false);
        referee_.ended(process);
        lives_[life] = nullptr;
        machines_[node].process.reset();
        if (on_exit) on_exit(node);
        return;
    }
    const Nanos due = process.clock.when_monotonic(process.loop->next_deadline());
    plan_turn(process, std::max(due, scheduler_.now() + 1us) + random_.between(0us, 60us));
}

void World::check_spinning(Process& process, bool idle) {
    if (scheduler_.now() - process.idle_since > 1s) {
        process.idle_since = scheduler_.now();
        process.idle_turns = 0;
    }
    if (idle && ++process.idle_turns > 3000) {
        broken("a loop wakes up for a reason",
               process.label() + " turned 3000 times in a second, with no input");
    }
}

void World::let_component_read(Process& process) {
    while (process.reading && !process.mailbox.waiting().empty()) {
        const Event event = std::move(process.mailbox.waiting().front());
        process.mailbox.waiting().pop_front();
        if (on_event) on_event(process, event);
    }
}

}  // namespace quorate::sim
