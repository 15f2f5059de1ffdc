#include "sim/core/clients.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim::core {

using namespace std::chrono_literals;

Clients::Clients(World& world, std::uint64_t seed)
    : world_(world), random_(seed), clients_(world.profile().clients) {
    world_.on_answer = [this](const Request& request, const Answer& answer) {
        on_answer(request, answer);
    };
}

void Clients::begin() {
    for (std::uint32_t client = 0; client < clients_.size(); ++client) next_later(client);
}

std::size_t Clients::pending() const {
    return static_cast<std::size_t>(std::count_if(
        clients_.begin(), clients_.end(), [](const Client& client) { return client.waits; }));
}

void Clients::next_later(std::uint32_t client) {
    world_.scheduler().after(random_.between(Nanos(0), 2 * world_.profile().think),
                             [this, client] { next(client); });
}

void Clients::next(std::uint32_t client) {
    if (calm_) return;
    Client& self = clients_[client];
    const bool reads = random_.below(8) < world_.profile().reads_of_8;
    ++self.number;
    self.waits = true;
    self.command = {.kind = reads ? Command::Kind::get : Command::Kind::put,
                    .client = client + 1,
                    .serial = ++self.serial,
                    .key = random_.below(world_.profile().keys),
                    .value = 0};
    if (!reads) self.command.value = ((client + 1ULL) << 32) | self.serial;
    self.operation = history_.invoked({.key = static_cast<std::uint32_t>(self.command.key),
                                       .write = !reads,
                                       .value = self.command.value,
                                       .call = world_.now()});
    ask(client);
}

void Clients::ask(std::uint32_t client) {
    Client& self = clients_[client];
    ++self.attempt;
    Node* to = self.leader ? world_.find(self.leader) : nullptr;
    if (to == nullptr || random_.one_in(16)) {
        to = &world_.node(random_.below(world_.nodes().size()));
    }
    Request request{client, self.number, self.command, ReadBy::log};
    if (self.command.kind == Command::Kind::get) {
        request.read_by = static_cast<ReadBy>(random_.below(3));
    }
    world_.scheduler().after(world_.network().delay(),
                             [this, to, request] { world_.arrive(*to, request); });
    world_.scheduler().after(world_.profile().patience, [this, client, attempt = self.attempt] {
        const Client& late = clients_[client];
        if (late.waits && late.attempt == attempt) lose_patience(client);
    });
}

void Clients::ask_later(std::uint32_t client, Nanos delay) {
    const std::uint64_t attempt = ++clients_[client].attempt;
    world_.scheduler().after(delay, [this, client, attempt] {
        const Client& self = clients_[client];
        if (self.waits && self.attempt == attempt) ask(client);
    });
}

/// It heard nothing, or that nobody knows: the outcome is unknown.
void Clients::lose_patience(std::uint32_t client) {
    Client& self = clients_[client];
    self.leader = {};
    if (world_.profile().abandons && !calm_ && random_.one_in(2)) {
        world_.hit(Branch::request_abandoned);
        self.waits = false;
        return next_later(client);
    }
    ask(client);
}

void Clients::on_answer(const Request& request, const Answer& answer) {
    Client& self = clients_[request.client];
    if (!self.waits || self.number != request.number) return;  // of an earlier one
    switch (answer.kind) {
        case Answer::Kind::done: {
            self.waits = false;
            const bool read = self.command.kind == Command::Kind::get;
            ++(read ? world_.totals().reads : world_.totals().writes);
            if (read && request.read_by == ReadBy::log) world_.hit(Branch::read_through_log);
            history_.returned(self.operation, read ? answer.value : self.command.value,
                              world_.now());
            return next_later(request.client);
        }
        case Answer::Kind::not_leader:
            self.leader = answer.leader;
            return ask_later(request.client, random_.between(1ms, world_.profile().heartbeat));
        case Answer::Kind::would_block:
            return ask_later(request.client, random_.between(1ms, world_.profile().heartbeat));
        case Answer::Kind::unknown:
            world_.hit(Branch::outcome_unknown);
            return lose_patience(request.client);
    }
}

void Clients::judge() const {
    const History::Finding finding = history_.judge();
    world_.totals().searched += finding.steps;
    if (finding.outcome == History::Outcome::given_up) ++world_.totals().given_up;
    if (finding.outcome == History::Outcome::violated) {
        broken("clients see one register for each key", finding.details);
    }
}

}  // namespace quorate::sim::core
